"""A file that cannot be read, told like any finding: at its line, beside what is found in the files that can be."""

from __future__ import annotations

import re
from pathlib import Path

import pyoxigraph as ox

from tiesgraph.errors import NotWellFormed
from tiesgraph.names import SH, TSH
from tiesgraph.rdffile import Place
from tiesgraph.reports.located import Located
from tiesgraph.shacl import Result
from tiesgraph.validate import Finding

__all__ = ["unread"]

_SHAPE = TSH["WellFormed"]


def unread(file: str, error: NotWellFormed, /) -> Located:
    """The finding that a file is not well formed.

    Args:
        file: what the user calls it; the finding is about the file itself.
        error: what its reading ended with.
    """
    words = f"{error.message}. {error.mend}" if error.mend else f"{error.message}."
    node = ox.NamedNode(Path(file).resolve().as_uri())
    result = Result(
        shape=_SHAPE,
        focus=node,
        path=None,
        value=None,
        messages=(ox.Literal(words, language="en"),),
        severity=SH["Violation"],
        component=TSH["WellFormedConstraintComponent"],
    )
    finding = Finding(
        shape=_SHAPE.value,
        severity="violation",
        focus=node.value,
        path=None,
        value=None,
        message=words,
        graphs=(),
        result=result,
    )
    line = re.match(r":(\d+)", (error.place or "").removeprefix(file))
    return Located(finding, (Place(file, int(line[1]) if line else None),), ())
