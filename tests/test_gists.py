"""What a gist says in numbers stands in triples too: a reader who queries must not have to read.

A number in a gist is looked for in the node's own statements, in those of what it links to and of what
links to it, in values and in labels; small numbers in words ("two") are left to the second reader.
"""

import re

import pyoxigraph as ox

from tiesgraph.names import RDFS, TIES
from tiesgraph.store import Store

NUMBER = re.compile(r"(?<![\w.,])\d[\d,.]*\d|(?<![\w.,-])\d(?!\w)")
GISTS = TIES["gist"]


SCALES = {"million": 10**6, "billion": 10**9}


def numbers(text: str) -> set[str]:
    """The numbers in a text as triples write them: "6.6 billion" is 6600000000."""
    found = set()
    for match in NUMBER.finditer(text):
        number = match[0].replace(",", "").rstrip(".")
        scale = SCALES.get(text[match.end() :].split()[0].strip(",.;") if text[match.end() :].split() else "")
        found.add(str(round(float(number) * scale)) if scale else number)
    return found


def told(store: Store, node: ox.NamedNode) -> str:
    """All that triples say of the node and of its neighbours, the gists left out."""
    near = {triple.object for triple in store.triples(node)} | {
        triple.subject for triple in store.triples(None, None, node)
    }
    words = [node.value]
    for one in {node, *near}:
        if isinstance(one, ox.NamedNode):
            words.append(one.value)
            words.extend(
                triple.object.value
                for triple in store.triples(one)
                if isinstance(triple.object, ox.Literal)
                and (triple.predicate != GISTS)
                and (one == node or triple.predicate != RDFS["comment"])
            )
        elif isinstance(one, ox.Literal) and one.language is None:
            words.append(one.value)
    return " ".join(words).replace(",", "")


def test_no_number_stands_in_a_gist_alone(graph: Store) -> None:
    alone = []
    gists = list(graph.triples(None, GISTS))
    assert gists
    for triple in gists:
        assert isinstance(triple.subject, ox.NamedNode)
        assert isinstance(triple.object, ox.Literal)
        text = told(graph, triple.subject)
        alone += [
            f"{triple.subject.value}: {n}"
            for n in sorted(numbers(triple.object.value))
            if not re.search(rf"(?<!\d){re.escape(n)}(?!\d)", text)
        ]
    assert alone == []
