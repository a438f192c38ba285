"""The front page: what this is and where to ask. The query editor comes with a later version."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

__all__ = ["home_page"]

_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>tiesgraph</title>
</head>
<body>
<h1>tiesgraph</h1>
<p>The security ties of Japan and Europe as an RDF graph in which every statement knows the page that makes it.</p>
<form action="/sparql">
<p><label for="query">SPARQL query</label></p>
<p><textarea id="query" name="query" rows="8" cols="72">{example}</textarea></p>
<p><button>Ask</button></p>
</form>
<ul>
{links}
</ul>
</body>
</html>
"""

_EXAMPLE = "SELECT ?type (COUNT(?thing) AS ?things)\nWHERE { ?thing a ?type }\nGROUP BY ?type\nORDER BY DESC(?things)"


def home_page(links: Mapping[str, str], /) -> str:
    """The page as HTML, with a form for a query and a list of `links` (name → path)."""
    items = (f'<li><a href="{escape(path)}">{escape(name)}</a></li>' for name, path in links.items())
    return _PAGE.format(example=escape(_EXAMPLE), links="\n".join(items))
