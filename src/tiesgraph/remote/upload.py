"""Putting a graph into a store by the SPARQL 1.1 Graph Store HTTP Protocol, so that it can be broken off and go on.

Each named graph is put (PUT) with its first piece and added to (POST) with the others. What the store has by then
is noted in the store itself (`mark`), so that whatever was there already, whole and the same, is not sent again.
The whole is marked only when all of it is there, and unmarked before anything of it is changed.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import httpx
import pyoxigraph as ox

from tiesgraph.errors import LimitReached, StoreFailed, StoreRefused, TiesgraphError
from tiesgraph.remote import failure
from tiesgraph.remote.address import Address
from tiesgraph.remote.client import AGENT, Challenged
from tiesgraph.remote.mark import DEFAULT, PUSHED, Note, Notes
from tiesgraph.remote.pieces import Parcel

__all__ = ["Service", "Uploaded", "upload"]

Progress = Callable[[str, int, int], None]
"""Called with what is being sent, how many bytes the store has by now, and out of how many."""

_TRIES = 6
_NTRIPLES, _TURTLE = "application/n-triples", "text/turtle"
_NOTING = 2.0
"""Seconds between two notes of how far a large graph has come."""


@dataclass(slots=True, kw_only=True)
class Uploaded:
    """What an upload came to: numbers of graphs, and of the bytes that were sent."""

    sent: int = 0
    there: int = 0
    removed: int = 0
    bytes: int = 0
    retried: int = 0


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
        url = httpx.URL(self.address.url)
        url = url.copy_merge_params({"graph": graph}) if graph else url.copy_with(query=_and_default(url.query))
        try:
            response = self._http.request(method, url, headers=headers, content=body)
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


def _and_default(query: bytes) -> bytes:
    """The query of a URL with the parameter that stands for the default graph, which has no value."""
    return query + b"&default" if query else b"default"


@dataclass(slots=True, kw_only=True)
class _Course:
    """An upload under way."""

    service: Service
    notes: Notes
    piece: int
    progress: Progress
    total: int
    done: int = 0
    noted: float = field(default_factory=time.monotonic)
    outcome: Uploaded = field(default_factory=Uploaded)

    def note(self, name: str, note: Note, *, at_once: bool) -> None:
        """Note how far a graph has come; not at each piece."""
        self.notes.graphs[name] = note
        if at_once or time.monotonic() - self.noted > _NOTING:
            self.service.write(PUSHED.value, self.notes.written())
            self.noted = time.monotonic()

    def send(self, parcel: Parcel, home: str, name: str) -> None:
        """Send a graph, from where it was left if it was begun."""
        before = self.notes.graphs.get(name)
        begun = before.sent or 0 if before and before.digest == parcel.digest and before.size == self.piece else 0
        if not begun:
            self.notes.graphs.pop(name, None)
        for number, piece in enumerate(parcel.pieces(self.piece), start=1):
            if number > begun:
                self.service.write(home, piece, add=number > 1)
                self.outcome.bytes += len(piece)
                self.note(name, Note(parcel.digest, number, self.piece), at_once=False)
            self.done += len(piece)
            self.progress(home or "the default graph", self.done, self.total)
        self.notes.graphs[name] = Note(parcel.digest)
        self.outcome.sent += 1


def upload(
    service: Service,
    parcels: Sequence[Parcel],
    /,
    *,
    piece: int,
    default_graph: str | None = None,
    progress: Progress = lambda _what, _done, _total: None,
) -> Uploaded:
    """Have a store hold these graphs, and none of those any more that an upload of ours put there before.

    Args:
        service: the store.
        parcels: the graphs.
        piece: the bytes that are sent at once.
        default_graph: the named graph that holds what is the default graph elsewhere.
        progress: told of each piece.

    Raises:
        StoreFailed, LimitReached: the store cannot be reached, refuses or fails; what it has by then is noted there.
    """
    notes = Notes.read(service.read(PUSHED.value))
    homes = [(parcel, parcel.graph or default_graph or "") for parcel in parcels]
    named = [(parcel, home, home or DEFAULT) for parcel, home in homes]
    wanted = {name: Note(parcel.digest) for parcel, _, name in named}
    course = _Course(
        service=service,
        notes=notes,
        piece=piece,
        progress=progress,
        total=sum(len(line) for parcel in parcels for line in parcel.lines),
    )
    digests = {parcel.graph: parcel.digest for parcel in parcels}
    size = next((len(parcel.lines) for parcel in parcels if not parcel.graph), 0)
    left_over = [name for name in notes.graphs if name not in wanted]
    if notes.graphs == wanted and notes.whole is not None:
        course.outcome.there = len(parcels)
        return course.outcome
    notes.whole = None
    service.write(PUSHED.value, notes.written())
    try:
        for name in left_over:
            service.remove("" if name == DEFAULT else name)
            del notes.graphs[name]
            course.outcome.removed += 1
        for parcel, home, name in named:
            if notes.graphs.get(name) == wanted[name]:
                course.outcome.there += 1
                course.done += sum(map(len, parcel.lines))
            else:
                course.send(parcel, home, name)
                course.note(name, wanted[name], at_once=False)
    except (TiesgraphError, KeyboardInterrupt):
        _leave(service, notes)
        raise
    notes.complete(digests, size)
    service.write(PUSHED.value, notes.written())
    course.outcome.retried = service.retried
    return course.outcome


def _leave(service: Service, notes: Notes) -> None:
    """Note how far it has come, for the next time; that the store cannot take that either is no second error."""
    service.give_up()
    try:
        service.write(PUSHED.value, notes.written())
    except (StoreFailed, LimitReached):
        return
