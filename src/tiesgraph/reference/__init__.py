"""The reference of the vocabulary: what the pages about ontology, concept schemes and shapes show.

Pure over a store, and read from it whenever it is asked for: a page always tells of the graph that is served.
How it looks is the templates' business.
"""

from tiesgraph.reference.header import Header, header
from tiesgraph.reference.reading import Name
from tiesgraph.reference.scheme import Concept, Scheme, schemes
from tiesgraph.reference.shape import ShapeReference
from tiesgraph.reference.shapepage import Clause, Example, Rule, ShapePage
from tiesgraph.reference.vocabulary import Branch, ClassTerm, Outside, PropertyTerm, Vocabulary, has_terms, vocabulary
from tiesgraph.reference.wording import Code, Phrase

__all__ = [
    "Branch",
    "ClassTerm",
    "Clause",
    "Code",
    "Concept",
    "Example",
    "Header",
    "Name",
    "Outside",
    "Phrase",
    "PropertyTerm",
    "Rule",
    "Scheme",
    "ShapePage",
    "ShapeReference",
    "Vocabulary",
    "has_terms",
    "header",
    "schemes",
    "vocabulary",
]
