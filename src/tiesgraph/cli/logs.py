"""What a server logs, on stderr: as text for people, or as JSON, a line each, for programs.

A record may carry particulars as its attribute `request`; they are what is logged of it.
"""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime

__all__ = ["JsonLines", "TextLines", "log_to_stderr"]


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


def log_to_stderr(fmt: str | None, /) -> None:
    """Log requests in the format `text` or `json`; only trouble, as text, where it is None."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines() if fmt == "json" else TextLines())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger("tiesgraph").setLevel(logging.INFO if fmt else logging.WARNING)
