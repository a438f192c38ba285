"""Pictures of the graph: each is a question with its query and a Vega-Lite specification that draws the answer.

`pictures/NAME.rq` asks, in English and in SPARQL, as the named questions do; `pictures/NAME.vl.json` draws what
comes back, and carries the picture's title and its caption (`description`). It names its rows by the path at which
the server has them, so that a page, a notebook or any other Vega-Lite client draws the same.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

from tiesgraph.errors import CorpusError
from tiesgraph.query import Question

__all__ = ["Picture", "pictures"]

_SPECIFICATION = ".vl.json"


@dataclass(frozen=True, kw_only=True)
class Picture:
    """One picture.

    Attributes:
        name: what the URL calls it.
        question: the English question and the query whose rows are drawn.
        title: a few words.
        caption: what is to be seen, and what is not.
        specification: of Vega-Lite, as JSON values (https://vega.github.io/vega-lite/).
    """

    name: str
    question: Question
    title: str
    caption: str
    specification: dict[str, Any]


def pictures(folder: Traversable | None = None, /) -> list[Picture]:
    """The pictures, by name; of the package where no folder is given.

    Raises:
        CorpusError: a query has no specification, a specification no title or no caption, or is no JSON.
    """
    folder = folder or files("tiesgraph") / "pictures"
    names = sorted(entry.name.removesuffix(".rq") for entry in folder.iterdir() if entry.name.endswith(".rq"))
    return [_read(name, folder) for name in names]


def _read(name: str, folder: Traversable) -> Picture:
    query, drawing = folder / f"{name}.rq", folder / f"{name}{_SPECIFICATION}"
    try:
        specification = json.loads(drawing.read_text(encoding="utf-8"))
        title, caption = str(specification["title"]), str(specification["description"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise CorpusError(
            f"a picture needs a Vega-Lite specification with title and description: {error}", place=drawing.name
        ) from error
    question = Question.parse(name, query.read_text(encoding="utf-8"))
    return Picture(name=name, question=question, title=title, caption=caption, specification=specification)
