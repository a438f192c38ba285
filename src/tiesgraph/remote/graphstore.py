"""The SPARQL 1.1 Graph Store HTTP Protocol (https://www.w3.org/TR/sparql11-http-rdf-update/), as a client speaks it.

Graphs are named in the query of the store's URL (section 4.2): ours have IRIs of another host than the store's, so
that they cannot be their own addresses.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import httpx
import pyoxigraph as ox

from tiesgraph.errors import LimitReached, StoreFailed, StoreRefused
from tiesgraph.remote import failure
from tiesgraph.remote.address import Address
from tiesgraph.remote.client import AGENT, Challenged

__all__ = ["Service"]

_TRIES = 6
_NTRIPLES, _TURTLE = "application/n-triples", "text/turtle"


class Service:
    """The Graph Store Protocol of one store, whose graphs are named in the query of its URL (section 4.2)."""

    def __init__(
        self,
        address: Address,
        /,
        *,
        seconds: float = 300.0,
        pause: Callable[[float], None] = time.sleep,
        trouble: Callable[[str], None] = lambda _text: None,
    ) -> None:
        """Speak to the store at `address`.

        Args:
            address: of its graph store.
            seconds: how long one request may take.
            pause: waits so many seconds before a request is tried again.
            trouble: is told why one is.
        """
        self.address = address
        self.retried = 0
        self._pause = pause
        self._trouble = trouble
        # What cannot be reached at all is better told at once.
        self._tries, self._given_up = 1, False
        self._media_type = _NTRIPLES
        self._http = httpx.Client(
            auth=Challenged(address.login) if address.login else None,
            follow_redirects=False,
            headers={"User-Agent": AGENT},
            timeout=httpx.Timeout(seconds, connect=10.0),
        )

    def close(self) -> None:
        """Close the connection."""
        self._http.close()

    def give_up(self) -> None:
        """From now on try everything once."""
        self._tries, self._given_up = 1, True

    def read(self, graph: str, /) -> list[ox.Triple]:
        """The triples of a graph; none where there is no such graph.

        Raises:
            TiesgraphError: see `failure`.
        """
        response = self._request("GET", graph, headers={"Accept": f"{_NTRIPLES}, {_TURTLE};q=0.9"}, missing=True)
        kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
        if response.status_code == httpx.codes.NOT_FOUND or not response.content:
            return []
        if kind not in (_NTRIPLES, _TURTLE, "text/plain"):
            said = failure.brief(response.content, content_type=kind)
            raise failure.nonsense(self.address, f"{kind or 'something'} where RDF was asked for: {said}")
        try:
            return [quad.triple for quad in ox.parse(response.content, format=ox.RdfFormat.TURTLE)]
        except SyntaxError as error:
            raise failure.broken(self.address, str(error)) from error

    def holds(self, graph: str, /) -> bool:
        """Whether there is anything in a graph, of which no more than the beginning is read.

        Raises:
            TiesgraphError: see `failure`.
        """
        try:
            with self._http.stream("GET", self._url(graph), headers={"Accept": _NTRIPLES}) as response:
                if response.is_success:
                    return any(part.strip() for part in response.iter_bytes(1_024))
                if response.status_code == httpx.codes.NOT_FOUND:
                    return False
                said = failure.brief(response.read())
        except httpx.HTTPError as error:
            raise failure.unreachable(self.address, error) from error
        raise failure.of_status(response.status_code, address=self.address, said=said)

    def write(self, graph: str, body: bytes, /, *, add: bool = False) -> None:
        """Make a graph what `body` says in N-Triples, or `add` that to it.

        Raises:
            TiesgraphError: see `failure`.
        """
        method = "POST" if add else "PUT"
        try:
            self._request(method, graph, headers={"Content-Type": self._media_type}, body=body)
        except StoreRefused as error:
            if "(415" not in error.message or self._media_type == _TURTLE:
                raise
            # N-Triples are Turtle, which the protocol wants every store to take.
            self._media_type = _TURTLE
            self._request(method, graph, headers={"Content-Type": self._media_type}, body=body)

    def remove(self, graph: str, /) -> None:
        """Remove a graph; that there is none is as good.

        Raises:
            TiesgraphError: see `failure`.
        """
        self._request("DELETE", graph, missing=True)

    def _request(
        self,
        method: str,
        graph: str,
        /,
        *,
        headers: dict[str, str] | None = None,
        body: bytes | None = None,
        missing: bool = False,
    ) -> httpx.Response:
        """A request that is tried again where that may help, in growing intervals."""
        for wait in (*(2.0**number for number in range(self._tries - 1)), None):
            try:
                return self._once(method, graph, headers or {}, body, missing=missing)
            except StoreRefused:
                raise
            except (StoreFailed, LimitReached) as error:
                if wait is None:
                    raise
                told = error.retry_after if isinstance(error, LimitReached) else None
                self.retried += 1
                self._trouble(f"{error.message}; trying again in {max(wait, told or 0):g} seconds")
                self._pause(max(wait, told or 0))
        raise RuntimeError("a request was neither answered nor given up")

    def _once(
        self, method: str, graph: str, headers: dict[str, str], body: bytes | None, *, missing: bool
    ) -> httpx.Response:
        try:
            response = self._http.request(method, self._url(graph), headers=headers, content=body)
        except httpx.HTTPError as error:
            raise failure.unreachable(self.address, error) from error
        if response.is_success or (missing and response.status_code == httpx.codes.NOT_FOUND):
            self._tries = 1 if self._given_up else _TRIES
            return response
        kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
        raise failure.of_status(
            response.status_code,
            address=self.address,
            said=failure.brief(response.content, content_type=kind),
            location=response.headers.get("location"),
            retry_after=response.headers.get("retry-after"),
        )

    def _url(self, graph: str) -> httpx.URL:
        url = httpx.URL(self.address.url)
        return url.copy_merge_params({"graph": graph}) if graph else url.copy_with(query=_and_default(url.query))


def _and_default(query: bytes) -> bytes:
    """The query of a URL with the parameter that stands for the default graph, which has no value."""
    return query + b"&default" if query else b"default"
