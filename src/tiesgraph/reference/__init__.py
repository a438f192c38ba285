"""The reference of the vocabulary: what the pages about the ontology and the concept schemes show, term by term.

Pure over a store, and read from it whenever it is asked for: a page always tells of the graph that is served.
How it looks is the templates' business.
"""

from tiesgraph.reference.header import Header, header
from tiesgraph.reference.reading import Name
from tiesgraph.reference.scheme import Concept, Scheme, schemes
from tiesgraph.reference.vocabulary import Branch, ClassTerm, Outside, PropertyTerm, Vocabulary, has_terms, vocabulary

__all__ = [
    "Branch",
    "ClassTerm",
    "Concept",
    "Header",
    "Name",
    "Outside",
    "PropertyTerm",
    "Scheme",
    "Vocabulary",
    "has_terms",
    "header",
    "schemes",
    "vocabulary",
]
