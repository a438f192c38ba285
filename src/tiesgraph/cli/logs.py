"""What a server logs, on stderr: as text for people, or as JSON, a line each, for programs.

A record may carry particulars as its attribute `request`; they are what is logged of it.
"""

from __future__ import annotations

import json
import logging
import os
from datetime import UTC, datetime
from typing import TextIO

__all__ = ["JsonLines", "Stderr", "TextLines", "log_to_stderr"]

_TOGETHER = 0.1
"""Seconds for which lines are gathered that are no trouble."""


class JsonLines(logging.Formatter):
    """A record as a JSON object on one line."""

    def format(self, record: logging.LogRecord) -> str:
        """Time, level, logger, message, particulars, and the trace of an exception."""
        told: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        told |= getattr(record, "request", {})
        if record.exc_info:
            told["trace"] = self.formatException(record.exc_info)
        return json.dumps(told, ensure_ascii=False)


class TextLines(logging.Formatter):
    """A record as a line that begins with its level, or, of a request, its time."""

    def format(self, record: logging.LogRecord) -> str:
        """Level and message, or the particulars of a request; the trace of an exception on further lines."""
        particulars = getattr(record, "request", None)
        if particulars is None:
            text = f"{record.levelname.lower()}: {record.getMessage()}"
            return f"{text}\n{self.formatException(record.exc_info)}" if record.exc_info else text
        time = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        line = "{client} {method} {path} {status} {bytes} B {milliseconds} ms {id}".format(**particulars)
        query = particulars.get("query")
        return f"{time} {line}" + (f" {json.dumps(query, ensure_ascii=False)}" if query is not None else "")


class Stderr(logging.StreamHandler[TextIO]):
    """Writes what is logged beside an event loop a few times a second, all at once; trouble, and all else, directly.

    To write a line of its own for each request takes as long as to make it, and whoever reads it wakes for each.
    """

    def __init__(self) -> None:
        super().__init__()
        self._gathered: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Write a record, and before it those that came before it; one that is no trouble soon."""
        self._gathered.append(record)
        if record.levelno >= logging.WARNING or not self._is_written_soon():
            self.flush()

    def _is_written_soon(self) -> bool:
        # A server imports it while its graph is loaded, and not before.
        import asyncio

        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            return False
        if len(self._gathered) == 1:
            loop.call_later(_TOGETHER, self.flush)
        return True

    def flush(self) -> None:
        """Write what was gathered."""
        self.acquire()
        try:
            gathered, self._gathered = self._gathered, []
            # Whoever was forked meanwhile does not write the same.
            lines = "".join(self._line(one) for one in gathered if one.process == os.getpid())
            try:
                self.stream.write(lines)
                super().flush()
            except OSError:
                for one in gathered[-1:]:
                    self.handleError(one)
        finally:
            self.release()

    def _line(self, record: logging.LogRecord) -> str:
        try:
            return self.format(record) + self.terminator
        except Exception:  # noqa: BLE001 - whatever goes wrong with a line, no request fails for it
            self.handleError(record)
            return ""


def log_to_stderr(fmt: str | None, /) -> None:
    """Log requests in the format `text` or `json`; only trouble, as text, where it is None."""
    handler = Stderr()
    handler.setFormatter(JsonLines() if fmt == "json" else TextLines())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger("tiesgraph").setLevel(logging.INFO if fmt else logging.WARNING)
