"""Errors of a server that does only so much at once, and for so long."""

from tiesgraph.errors.base import TiesgraphError

__all__ = ["AnswerCut", "LimitReached", "MemoryLimitReached", "Overloaded", "TimeLimitReached"]


class LimitReached(TiesgraphError):
    """Work that a limit of this server ended, or kept out; the same work may do elsewhere, or later.

    Attributes:
        retry_after: the seconds after which it is worth asking again, or None where it is not.
    """

    http_status = 503

    def __init__(
        self, message: str, *, place: str | None = None, mend: str | None = None, retry_after: int | None = None
    ) -> None:
        super().__init__(message, place=place, mend=mend)
        self.retry_after = retry_after


class AnswerCut(LimitReached):
    """An answer that holds more than one may: what is sent of it is right, but it is not all."""

    http_status = 507


class MemoryLimitReached(LimitReached):
    """Work that took more memory than one task may."""

    http_status = 507


class Overloaded(LimitReached):
    """Work that was not begun, or not ended, because too much is asked at once."""


class TimeLimitReached(LimitReached):
    """Work that took longer than it may."""

    http_status = 504
