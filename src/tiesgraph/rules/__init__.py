"""The ontology's axioms as rules of OWL 2 RL: one mechanism for closing what is added and for explaining.

https://www.w3.org/TR/owl2-profiles/#Reasoning_in_OWL_2_RL_and_RDF_Graphs_using_Rules. owlrl (`infer`)
remains the reference: it closes the graph that is packed, and a test holds both closures equal.
"""

from tiesgraph.rules.closing import Closing, close
from tiesgraph.rules.compiler import compile_rules
from tiesgraph.rules.consistency import Contradiction, contradictions, refuse, require_consistent
from tiesgraph.rules.proof import Proof, Prover
from tiesgraph.rules.rule import Axiom, Guard, Pattern, Rule, fill, matches, unify
from tiesgraph.rules.words import in_words

__all__ = [
    "Axiom",
    "Closing",
    "Contradiction",
    "Guard",
    "Pattern",
    "Proof",
    "Prover",
    "Rule",
    "close",
    "compile_rules",
    "contradictions",
    "fill",
    "in_words",
    "matches",
    "refuse",
    "require_consistent",
    "unify",
]
