"""What a page about a resource shows: its statements by meaning, with page, footnote and source; and what links to it.

Pure over a store. How it looks is the templates' business.
"""

from tiesgraph.resource.facts import Citation, Fact, Mention, Note, Value
from tiesgraph.resource.incoming import Incoming, Reference, Role
from tiesgraph.resource.portrait import Part, Portrait, Topic, portrait
from tiesgraph.resource.schema import Schema, Section

__all__ = [
    "Citation",
    "Fact",
    "Incoming",
    "Mention",
    "Note",
    "Part",
    "Portrait",
    "Reference",
    "Role",
    "Schema",
    "Section",
    "Topic",
    "Value",
    "portrait",
]
