"""Putting a graph into a store by the SPARQL 1.1 Graph Store HTTP Protocol, so that it can be broken off and go on.

Each named graph is put (PUT) with its first piece and added to (POST) with the others. What the store has by then
is noted in the store itself (`mark`), so that whatever was there already, whole and the same, is not sent again.
The whole is marked only when all of it is there, and unmarked before anything of it is changed.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from tiesgraph.errors import LimitReached, MisuseError, StoreFailed, TiesgraphError
from tiesgraph.remote.graphstore import Service
from tiesgraph.remote.mark import DEFAULT, PUSHED, Note, Notes
from tiesgraph.remote.pieces import Parcel

__all__ = ["Uploaded", "upload"]

Progress = Callable[[str, int, int], None]
"""Called with what is being sent, how many bytes the store has by now, and out of how many."""

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
            # The default graph is anybody's: that what is in it came from us is noted first.
            self.note(name, Note(parcel.digest, 0, self.piece), at_once=name == DEFAULT)
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
    replace: bool = False,
    progress: Progress = lambda _what, _done, _total: None,
) -> Uploaded:
    """Have a store hold these graphs, and none of those any more that an upload of ours put there before.

    Args:
        service: the store.
        parcels: the graphs.
        piece: the bytes that are sent at once.
        default_graph: the named graph that holds what is the default graph elsewhere.
        replace: whether what would be lost by that may be: graphs that are not among these, a default graph of others.
        progress: told of each piece.

    Raises:
        MisuseError: something would be lost.
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
    if not replace:
        _refuse_loss(service, notes, wanted, left_over)
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


def _refuse_loss(service: Service, notes: Notes, wanted: Mapping[str, Note], left_over: Sequence[str]) -> None:
    """See that nothing is lost that somebody may want.

    Raises:
        MisuseError: something would be.
    """
    if left_over:
        raise MisuseError(
            f"the store has {len(left_over)} graphs of an earlier push that are not among these: {left_over[0]} …",
            mend="To have them removed, add --replace; to have your files beside the graph, push both with --add.",
        )
    if DEFAULT in wanted and DEFAULT not in notes.graphs and service.holds(""):
        raise MisuseError(
            "there is something in the store's default graph that no push has put there",
            mend="To have it replaced, add --replace; or give ours a name with --default-graph.",
        )


def _leave(service: Service, notes: Notes) -> None:
    """Note how far it has come, for the next time; that the store cannot take that either is no second error."""
    service.give_up()
    try:
        service.write(PUSHED.value, notes.written())
    except (StoreFailed, LimitReached):
        return
