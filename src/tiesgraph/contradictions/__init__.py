"""Where the report contradicts itself, as things with names of their own, so that an erratum can be cited.

`found` makes them of the audit's findings when the graph is built; `record` reads them out of any graph that has
them, without running a rule; `written` writes them out.
"""

from tiesgraph.contradictions.found import add_contradictions
from tiesgraph.contradictions.record import (
    CONTRADICTIONS,
    Contradiction,
    Label,
    Side,
    by_chapter,
    chosen,
    contradictions,
)
from tiesgraph.contradictions.written import FORMATS, write_contradictions

__all__ = [
    "CONTRADICTIONS",
    "FORMATS",
    "Contradiction",
    "Label",
    "Side",
    "add_contradictions",
    "by_chapter",
    "chosen",
    "contradictions",
    "write_contradictions",
]
