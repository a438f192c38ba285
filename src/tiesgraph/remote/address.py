"""Where a store is, how it is called in words, and what lets us in."""

from __future__ import annotations

import netrc
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from tiesgraph.errors import MisuseError

__all__ = ["PASSWORD", "USER", "Address", "Login"]

USER, PASSWORD = "TIESGRAPH_STORE_USER", "TIESGRAPH_STORE_PASSWORD"
"""The environment variables that hold a login."""


@dataclass(frozen=True, slots=True)
class Login:
    """A name and a password, which never shows."""

    user: str
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """One service of a store.

    Attributes:
        url: where it is.
        login: who we are there, or None.
    """

    url: str
    login: Login | None = None

    @classmethod
    def parse(cls, url: str, /, *, environment: Mapping[str, str], user: str | None = None) -> Address:
        """The address `url`, with the login that the environment or the user's netrc file has for it.

        Args:
            url: http or https, without a login in it.
            environment: `TIESGRAPH_STORE_USER` and `TIESGRAPH_STORE_PASSWORD`; `NETRC` or `HOME` for the file.
            user: who to be, instead of whom the environment says.

        Raises:
            MisuseError: no such address, a login in it, or a user without a password.
        """
        try:
            parts = urlsplit(url)
            host, _ = parts.hostname, parts.port
        except ValueError as error:
            raise MisuseError(f"no address of a store: {error}") from error
        if parts.scheme not in ("http", "https") or not host or parts.fragment:
            raise MisuseError("the address of a store is an http or https URL", mend="http://127.0.0.1:7878/query")
        if parts.username is not None or parts.password is not None:
            mend = f"Put them into {USER} and {PASSWORD}, or into a netrc file."
            raise MisuseError("the address of a store holds no user and no password", mend=mend)
        login = _login(host, environment, user)
        return cls(url=urlunsplit(parts), login=login)

    @property
    def shown(self) -> str:
        """The address in words to people, without what may be confidential in it."""
        parts = urlsplit(self.url)
        return urlunsplit((parts.scheme, parts.netloc, parts.path, "", ""))


def _login(host: str, environment: Mapping[str, str], user: str | None) -> Login | None:
    name = user or environment.get(USER)
    if name and (password := environment.get(PASSWORD)) is not None:
        return Login(name, password)
    found = _netrc(host, environment)
    if found is not None and name in (None, "", found.user):
        return found
    if name:
        raise MisuseError(f"there is no password for {name}", mend=f"Put it into {PASSWORD}, or into a netrc file.")
    return None


def _netrc(host: str, environment: Mapping[str, str]) -> Login | None:
    """What the netrc file has for a host; that it has nothing, or is not there, is usual.

    Raises:
        MisuseError: the file cannot be read.
    """
    if "NETRC" not in environment and "HOME" not in environment:
        return None
    file = Path(environment["NETRC"]) if "NETRC" in environment else Path(environment["HOME"]) / ".netrc"
    if not file.is_file():
        return None
    try:
        found = netrc.netrc(file).authenticators(host)
    except (OSError, netrc.NetrcParseError) as error:
        # The parser's message may quote what stands in the file.
        raise MisuseError(f"{file} cannot be read as a netrc file ({type(error).__name__})") from error
    return Login(found[0], found[2] or "") if found else None
