"""The root of the tree of errors: what each of them says, and what it owns."""

from typing import ClassVar

__all__ = ["TiesgraphError"]


class TiesgraphError(Exception):
    """What every error of ours is.

    Attributes:
        message: what is wrong, one sentence.
        place: where (file with line and column, page file, position in a query), or None.
        mend: what to do about it, or None.
        exit_code: what the command line ends with (2: misuse or bad input).
        http_status: what the server answers with.
    """

    exit_code: ClassVar[int] = 2
    http_status: ClassVar[int] = 500

    def __init__(self, message: str, *, place: str | None = None, mend: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.place = place
        self.mend = mend

    def __str__(self) -> str:
        text = f"{self.place}: {self.message}" if self.place else self.message
        return f"{text}\n{self.mend}" if self.mend else text
