"""All kinds of fault, those first that few places allow: later ones find a place anywhere."""

from mutation import apparatus, harmless, links, names_of_things, values

__all__ = ["FAULTS", "HARMLESS"]

FAULTS = links.OPERATORS + apparatus.OPERATORS + values.OPERATORS + names_of_things.OPERATORS + apparatus.ANYWHERE
HARMLESS = harmless.OPERATORS
