"""Why a statement holds: the pages, footnotes and sources that state it, or the rule and premises it follows from.

An inferred statement is traced back through the ontology's rules to what the files state, and a calendar
bound to its dates; what does not hold is told with what does and is most like it.
"""

from tiesgraph.explain.asked import Asked, read_statement
from tiesgraph.explain.explainer import Explainer
from tiesgraph.explain.explanation import Explanation, Place, Step, as_json, as_text

__all__ = ["Asked", "Explainer", "Explanation", "Place", "Step", "as_json", "as_text", "read_statement"]
