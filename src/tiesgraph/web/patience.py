"""How long a connection is kept for whoever says nothing: until the head of a request is there, and between two."""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

__all__ = ["HEAD_SECONDS", "Patient"]

HEAD_SECONDS = 30.0
"""How long a client may take to send the head of a request."""


class Patient(HttpToolsProtocol):
    """uvicorn's protocol with an end to waiting for heads, and one timer for many requests that it does not see."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._patience: asyncio.TimerHandle | None = None
        # Since when there has been nothing to do, and what looks whether that is long ago.
        self._idle = 0.0
        self._rest: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as in uvicorn
        """Begin to wait for a request."""
        super().connection_made(transport)
        self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no longer."""
        self._wait_no_more()
        if self._rest is not None:
            self._rest.cancel()
        super().connection_lost(exc)

    @property
    def _is_busy(self) -> bool:
        """Whether a request is being read or answered."""
        return not (self.cycle is None or self.cycle.response_complete)

    def _answered(self) -> None:
        """Count a request that uvicorn did not see, and wait for the next one."""
        self.server_state.total_requests += 1
        self._unset_keepalive_if_required()
        self._idle = self.loop.time()
        if self._rest is None:
            self._rest = self.loop.call_later(self.timeout_keep_alive, self._look)

    def _look(self) -> None:
        """Close the connection where it has been idle for long."""
        self._rest = None
        if self.transport.is_closing() or self.timeout_keep_alive_task is not None:
            return
        left = self._idle + self.timeout_keep_alive - self.loop.time()
        if self._is_busy:
            left = float(self.timeout_keep_alive)
        if left <= 0:
            self.transport.close()
        else:
            self._rest = self.loop.call_later(left, self._look)

    def _wait(self) -> None:
        self._patience = self.loop.call_later(HEAD_SECONDS, self.timeout_keep_alive_handler)

    def _wait_no_more(self) -> None:
        if self._patience is not None:
            self._patience.cancel()
            self._patience = None
