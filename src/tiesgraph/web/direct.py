"""Queries answered as soon as they are read, for clients whose headers are known.

A client sends the same headers with each of its requests, and only the query differs. What they ask for has been
found out by the application when the first of them came: from then on a request of the same form is a query and
nothing else, and is answered without taking it apart. Whatever is not exactly of that form goes the usual way.
"""

from __future__ import annotations

import binascii
import string
from typing import NamedTuple

from tiesgraph.errors import TiesgraphError
from tiesgraph.media import HTML, PROBLEM, TEXT, choose
from tiesgraph.syntax import is_volatile
from tiesgraph.web.cache import Sought
from tiesgraph.web.endpoint import reply_of, tag_of
from tiesgraph.web.envelope import CORS
from tiesgraph.web.exchange import entity_tag, headers_of
from tiesgraph.web.problem import details, extra_headers, respond
from tiesgraph.web.runner import Job, Written
from tiesgraph.web.shelf import Shelf
from tiesgraph.web.site import Site
from tiesgraph.web.write import lines

__all__ = ["Direct", "Sending", "unescaped"]

_BEGIN = b"GET /sparql?query="
_VERSION = b" HTTP/1.1\r\n"
_IN_A_VALUE = (string.ascii_letters + string.digits + "-._~:/?[]@!$'()*+,;=%\"<>\\^`{|}").encode()
"""What clients put into a parameter's value, escaped or not; `&` and `#` would end it."""

_KNOWN = frozenset(
    {
        *(b"accept", b"accept-charset", b"accept-encoding", b"accept-language", b"cache-control", b"connection"),
        *(b"dnt", b"host", b"origin", b"pragma", b"priority", b"referer", b"user-agent"),
    }
)
"""Headers that change nothing but what a job says, or nothing at all."""

_ROOM = 1024 * 1024
_CORS = [(name.lower().encode(), value.encode()) for name, value in CORS.items()]


class Sending(NamedTuple):
    """A response: its status, the lines of its head but for those that all responses have, and its body.

    Attributes:
        lasting: whether the same request will get the same again.
    """

    status: int
    head: bytes
    body: bytes | memoryview
    lasting: bool


class Direct:
    """What was learnt of the headers of clients, and the answers to those who send them again."""

    def __init__(self, site: Site, /) -> None:
        self._site = site
        self._jobs: Shelf[bytes, Job] = Shelf(_ROOM)
        # Answers of a kind differ in two lines of their heads alone; there are few kinds.
        self._heads: dict[tuple[str, str, bool], bytes] = {}

    def learn(self, data: bytes, job: Job, /) -> None:
        """Note what the headers of the request `data`, which asked for `job` and got it, stand for."""
        cut = _taken_apart(data)
        if cut is None:
            return
        _, head = cut
        fields = [line.partition(b":") for line in head.lower().split(b"\r\n") if line]
        # To a browser a problem is told on a page, which is the application's.
        in_a_browser = choose(job.accept, offered=(PROBLEM, HTML, TEXT)) == HTML
        if all(name in _KNOWN for name, _, _ in fields) and _keeps(fields) and not in_a_browser:
            self._jobs.put(head, job._replace(text=""), size=2 * len(head) + 1_000)

    def job(self, data: bytes, /) -> Job | None:
        """The job that a request is, where it is a GET of a query alone, whole, with known headers; else None."""
        cut = _taken_apart(data)
        if cut is None or not self._site.settled:
            return None
        value, head = cut
        job = self._jobs.get(head)
        if job is None:
            return None
        text = unescaped(value)
        if text is None or not text.strip() or is_volatile(text):
            return None
        return job._replace(text=text)

    def kept(self, job: Job, /) -> Sending | None:
        """The response with the answer to a query, where that is at hand."""
        written = self._site.answers.kept(job)
        return None if written is None else self.told(job, written)

    def seek(self, job: Job, /) -> Sought:
        """Have the answer to a query worked out.

        Raises:
            TiesgraphError: see `Answers.seek`.
        """
        return self._site.answers.seek(job)

    def told(self, job: Job, written: Written, /) -> Sending:
        """The response with an answer."""
        # The graph may be in a store elsewhere, and another by now.
        tag = tag_of(self._site, job) if self._site.settled else None
        plain = tag is not None and written.cut is None and not written.hints
        alike = written.content_type, written.coding, written.blank
        head = self._heads.get(alike) if plain else None
        if head is None:
            reply = reply_of(self._site, written, tag=tag, volatile=tag is None)
            told = headers_of(reply, written.coding)
            told.pop("ETag", None)
            headers = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in told.items()]
            head = lines([*headers, *_CORS])
            if plain:
                self._heads[alike] = head
        own = b"content-length: %d\r\n" % len(written.body)
        if tag is not None and written.cut is None:
            own += b"etag: %b\r\n" % entity_tag(tag, written.coding, weak=written.blank).encode("ascii")
        return Sending(200, head + own, written.body, lasting=tag is not None and written.cut is None)

    def refused(self, job: Job, error: TiesgraphError, /) -> Sending:
        """The response with an error."""
        response = respond(details(error), accept=job.accept, headers=extra_headers(error))
        return Sending(
            response.status_code, lines([*response.raw_headers, *_CORS]), bytes(response.body), lasting=False
        )


def _taken_apart(data: bytes) -> tuple[bytes, bytes] | None:
    """The value of `query` in a request, escaped, and its header lines; None where it is of another form."""
    end = data.find(_VERSION)
    if end < 0 or not data.startswith(_BEGIN):
        return None
    value = data[len(_BEGIN) : end]
    return None if value.translate(None, _IN_A_VALUE) else (value, data[end + len(_VERSION) :])


def _keeps(fields: list[tuple[bytes, bytes, bytes]]) -> bool:
    """Whether the headers leave the connection open, and name what is theirs once."""
    names = [name for name, _, _ in fields]
    return all(value.strip() == b"keep-alive" for name, _, value in fields if name == b"connection") and len(
        set(names)
    ) == len(names)


def unescaped(value: bytes, /) -> str | None:
    """The text of a form's value, or None where an escape is none, or not UTF-8.

    Percent-escapes are those of quoted-printable (RFC 2045, section 6.7) with another sign. The standard library
    undoes the latter in C, and the former a hundred times more slowly.
    """
    quoted = value.replace(b"+", b" ").replace(b"=", b"%3D").replace(b"%", b"=")
    plain = binascii.a2b_qp(quoted)
    # Each escape has become one byte out of three; what is none is left as it was.
    if len(plain) != len(quoted) - 2 * quoted.count(b"="):
        return None
    try:
        return plain.decode("utf-8")
    except UnicodeDecodeError:
        return None
