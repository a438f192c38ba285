"""From the axioms of a store to its rules."""

from __future__ import annotations

from collections.abc import Set

import pyoxigraph as ox

from tiesgraph.names import OWL, RDFS
from tiesgraph.rules.classes import EXPRESSIONS, class_rules
from tiesgraph.rules.hidden import without_hidden
from tiesgraph.rules.ontology import Ontology
from tiesgraph.rules.properties import EQUALITY, property_rules
from tiesgraph.rules.roles import check_roles
from tiesgraph.rules.rule import Rule
from tiesgraph.rules.schema import SCHEMA, schema_rules
from tiesgraph.store import Store, Term

__all__ = ["compile_rules"]


def compile_rules(store: Store, /, *, without: Set[ox.Triple] = frozenset()) -> list[Rule]:
    """The rules by which something follows from what `store` states, those that hold for any graph among them.

    Args:
        store: the graph.
        without: statements to be taken as not made.

    An axiom that is itself inferred (a class far below another) makes no rule: the stated ones lead the
    same way step by step.

    Raises:
        AxiomError: an axiom is broken, or is beyond OWL 2 RL, or about the terms of the language itself.
    """
    ontology = Ontology(store, without=without)
    check_roles(ontology)
    hidden = _hidden(ontology)
    made = [*property_rules(ontology), *class_rules(ontology)]
    rules = without_hidden(made, hidden=hidden, ontology=ontology)
    return [*EQUALITY, *SCHEMA, *dict.fromkeys(schema_rules(ontology, hidden=hidden)), *rules]


def _hidden(ontology: Ontology) -> frozenset[Term]:
    """The classes of which no graph keeps the members: those without a name, and datatypes defined by others."""
    made: set[Term] = {node for relation in EXPRESSIONS for node, _ in ontology.pairs(relation)}
    defined = made.union(*ontology.pairs(OWL["equivalentClass"]))
    return frozenset(
        {node for node in made if isinstance(node, ox.BlankNode)}
        | {node for node in ontology.instances(RDFS["Datatype"]) if isinstance(node, ox.NamedNode) and node in defined}
    )
