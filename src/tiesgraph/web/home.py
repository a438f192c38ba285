"""The front page: what this is and where to ask. The query editor comes with a later version."""

from __future__ import annotations

import json
from collections.abc import Mapping
from html import escape

from fastapi import FastAPI, Request
from fastapi.responses import Response

from tiesgraph.media import HTML, PLAIN_JSON
from tiesgraph.names import BASE
from tiesgraph.web.exchange import Reply, choose, send
from tiesgraph.web.openapi import documented
from tiesgraph.web.site import Site

__all__ = ["add_routes", "home_page"]

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


def add_routes(app: FastAPI, site: Site, /) -> None:
    """The front page, for readers as HTML and for programs as JSON."""

    @app.get("/", **documented("What this is", HTML, PLAIN_JSON))
    async def home(request: Request) -> Response:
        fmt = choose(request, offered=(HTML, PLAIN_JSON))
        links = {"sparql": "/sparql", "questions": "/questions", "health": "/health", "openapi": "/openapi.json"}
        facts = {"name": "tiesgraph", "version": site.edition.version, "base": BASE, **links}
        body = home_page(links) if fmt == HTML else json.dumps(facts)
        tag = site.edition.tag("home", fmt.name)
        return send(request, Reply(body=body.encode(), content_type=fmt.content_type, tag=tag))
