"""The HTTP client: one request to a store and its response, within limits, and never anywhere else.

httpx (https://www.python-httpx.org/) speaks HTTP; here it is told what it may do. It follows no redirect, so
that a query, and a password, goes to the address that the user gave and to no other.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from typing import NamedTuple
from urllib.parse import urlencode

import httpx

from tiesgraph import __version__
from tiesgraph.remote import failure
from tiesgraph.remote.address import Address, Login

__all__ = ["AGENT", "Challenged", "Client", "Received"]

AGENT = f"tiesgraph/{__version__}"
_CONNECT = 5.0
_PIECE = 64 * 1024
_SAID = 16 * 1024


class Challenged(httpx.Auth):
    """A login by the scheme that the server asks for: Digest (RFC 7616), or else Basic (RFC 7617)."""

    requires_request_body = True

    def __init__(self, login: Login, /) -> None:
        self._digest = httpx.DigestAuth(login.user, login.password)
        self._basic = httpx.BasicAuth(login.user, login.password)
        self._chosen: httpx.Auth | None = None

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """The request as it is, until a server has said by which scheme it wants to know who asks."""
        if self._chosen is None:
            response = yield request
            asked = response.headers.get("www-authenticate", "").lower()
            if response.status_code != httpx.codes.UNAUTHORIZED or not asked:
                return
            self._chosen = self._digest if "digest" in asked else self._basic
        yield from self._chosen.auth_flow(request)


class Received(NamedTuple):
    """The body of a success.

    Attributes:
        body: as much of it as there was room for.
        whole: whether that is all.
        media_type: of the body, in lower case and without parameters.
        headers: of the response.
    """

    body: bytes
    whole: bool
    media_type: str
    headers: Mapping[str, str]


class Client:
    """Posts forms to one address; belongs to one event loop."""

    def __init__(self, address: Address, /, *, connections: int) -> None:
        self.address = address
        self._http = httpx.AsyncClient(
            auth=Challenged(address.login) if address.login else None,
            follow_redirects=False,
            headers={"User-Agent": AGENT, "Accept-Encoding": "identity"},
            limits=httpx.Limits(max_connections=connections, max_keepalive_connections=connections),
            timeout=httpx.Timeout(None, connect=_CONNECT),
        )

    async def post(
        self, form: list[tuple[str, str]], /, *, accept: str, room: int, hold: Callable[[int], None]
    ) -> Received:
        """Post a form, and read at most `room` bytes of the response.

        Before each part of it is kept, `hold` is told how long that is, and may raise.
        A connection that the store had closed while nothing was asked is made anew once.
        Whoever waits for this no longer cancels it, which closes the connection.

        Raises:
            StoreUnreachable: there is no connection, or it broke.
            TiesgraphError: the response is no success; see `failure.of_status`.
        """
        try:
            return await self._post(form, accept, room, hold)
        except (httpx.RemoteProtocolError, httpx.ReadError, httpx.WriteError):
            pass
        except httpx.HTTPError as error:
            raise failure.unreachable(self.address, error) from error
        try:
            return await self._post(form, accept, room, hold)
        except httpx.HTTPError as error:
            raise failure.unreachable(self.address, error) from error

    async def close(self) -> None:
        """Close all connections."""
        await self._http.aclose()

    async def _post(self, form: list[tuple[str, str]], accept: str, room: int, hold: Callable[[int], None]) -> Received:
        headers = {"Accept": accept, "Content-Type": "application/x-www-form-urlencoded"}
        body = urlencode(form).encode()
        async with self._http.stream("POST", self.address.url, content=body, headers=headers) as response:
            told = response.headers
            good = response.status_code == httpx.codes.OK
            parts, read, whole = [], 0, True
            async for part in response.aiter_bytes(_PIECE):
                hold(len(part))
                parts.append(part[: (room if good else _SAID) - read])
                read += len(part)
                if read > (room if good else _SAID):
                    whole = False
                    break
        content = b"".join(parts)
        kind = told.get("content-type", "").partition(";")[0].strip().lower()
        if not good:
            raise failure.of_status(
                response.status_code,
                address=self.address,
                said=failure.brief(content, content_type=kind),
                location=told.get("location"),
                retry_after=told.get("retry-after"),
            )
        return Received(content, whole, kind, dict(told))
