"""SHACL (https://www.w3.org/TR/shacl/): Core and SPARQL constraints, over graphs in the engine.

`run` judges; `focus_nodes` and `Shapes.targeted` tell which nodes are judged by which shapes.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

import pyoxigraph as ox

from tiesgraph.errors import ShapesError
from tiesgraph.names import SH
from tiesgraph.shacl import sparql
from tiesgraph.shacl.facts import Facts
from tiesgraph.shacl.judge import Judge, Result
from tiesgraph.shacl.nodes import OF_NODES
from tiesgraph.shacl.paths import Path
from tiesgraph.shacl.shapes import Shape, Shapes
from tiesgraph.shacl.values import OF_VALUES
from tiesgraph.store import Store, Subject, Term

__all__ = ["Facts", "Path", "Result", "Shape", "Shapes", "Watch", "focus_nodes", "read_shapes", "run"]

Watch = Callable[[Collection[Term], int, int], None]
"""Called with a shape's focus nodes, and how many shapes of how many are done."""

COMPONENTS = {**OF_NODES, **OF_VALUES, "sparql": sparql.constraint}


def read_shapes(facts: Facts, /) -> Shapes:
    """The shapes of a graph.

    Raises:
        ShapesError: a query in it would call out or break the engine.
    """
    sparql.refuse_unsafe_texts(facts)
    return Shapes(facts, constraints=tuple(COMPONENTS))


def run(
    facts: Facts,
    /,
    *,
    shapes: Facts,
    engine: Store,
    prefixes: Mapping[str, str],
    watch: Watch | None = None,
    only: Collection[Term] | None = None,
    most: int | None = None,
) -> list[Result]:
    """All results of shapes over a graph, shape by shape.

    Args:
        facts: the data graph.
        shapes: the shapes graph.
        engine: the data graph for constraints in SPARQL, as the default graph; they may ask for its named graphs.
        prefixes: what constraints in SPARQL may use without declaring it.
        watch: told of each shape's focus nodes before they are judged.
        only: the nodes to judge, where not all that the shapes choose are of interest.
        most: more results than these are too many; None: none are.

    Raises:
        ShapesError: a shape cannot be run.
        DocumentTooLarge: there are too many results.
    """
    rules = read_shapes(shapes)
    judge = Judge(facts, engine=engine, shapes=rules, components=COMPONENTS, prefixes=prefixes, most=most)
    defined = _parameters(shapes)
    results: list[Result] = []
    left: dict[Subject, set[Term]] = {}
    targeted = rules.targeted()
    for done, node in enumerate(targeted):
        focus = focus_nodes(node, facts=facts, shapes=rules, engine=engine, prefixes=prefixes)
        focus = focus.intersection(only) if only is not None else focus
        if watch:
            watch(focus, done, len(targeted))
        if defined and _uses(rules, node, defined):
            left[node] = focus
        else:
            found = judge.results(rules.shape(node), sorted(focus, key=str))
            results += (result for of_one in found.values() for result in of_one)
    if left:
        from tiesgraph.shacl import reference

        results += reference.run(facts, shapes, focus=left)
    return results


def focus_nodes(
    node: Subject, /, *, facts: Facts, shapes: Shapes, engine: Store, prefixes: Mapping[str, str]
) -> set[Term]:
    """The nodes that the targets of a shape choose (section 2.1.3).

    Args:
        node: the shape.
        facts: the data graph.
        shapes: the shapes that it is one of.
        engine: the data graph for targets in SPARQL.
        prefixes: what those may use without declaring it.

    Raises:
        ShapesError: a SPARQL target is no SPARQL, or is not one that projects ?this.
    """
    shape = shapes.shape(node)
    found = set(shape.says.get("targetNode", ()))
    for cls in shape.says.get("targetClass", ()):
        found |= facts.instances(cls)
    if shapes.is_class(node):
        found |= facts.instances(node)
    for prop in shape.says.get("targetSubjectsOf", ()):
        found.update(facts.values(_named(prop, shape)))
    for prop in shape.says.get("targetObjectsOf", ()):
        found.update(facts.bearers(_named(prop, shape)))
    for target in shape.says.get("target", ()):
        found |= sparql.target(engine, shapes.facts, target, shape=node, prefixes=prefixes)
    return found


def _named(term: Term, shape: Shape) -> ox.NamedNode:
    if isinstance(term, ox.NamedNode):
        return term
    raise ShapesError(f"{term} stands where SHACL wants an IRI", place=str(shape.node))


def _parameters(shapes: Facts) -> set[Term]:
    """The properties that call constraint components which the shapes graph defines itself (section 6.2)."""
    paths = shapes.values(SH["path"])
    return {path for parameter in shapes.bearers(SH["parameter"]) for path in paths.get(parameter, ())}


def _uses(shapes: Shapes, node: Term, parameters: set[Term]) -> bool:
    """Whether a shape, or one that it refers to, has one of `parameters`."""
    seen: set[Term] = set()
    todo: list[Term] = [node]
    while todo:
        shape = shapes.shape(todo.pop())
        if shape.node in seen:
            continue
        seen.add(shape.node)
        if not parameters.isdisjoint(shapes.facts.properties.get(shape.node, ())):
            return True
        for name in ("property", "node", "not", "qualifiedValueShape"):
            todo += shape.says.get(name, ())
        for name in ("and", "or", "xone"):
            todo += (one for head in shape.says.get(name, ()) for one in shapes.members(head))
    return False
