"""Pages for readers: templates filled in, escaped, and sent under a policy that lets no foreign code run.

The policy (https://www.w3.org/TR/CSP3/) admits scripts, styles, images and data of this server alone, and nothing
inline: a hostile label in the graph stays text, and nothing is loaded from elsewhere.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import cache
from typing import Any

from fastapi import Request
from fastapi.responses import Response
from jinja2 import Environment, PackageLoader, StrictUndefined

from tiesgraph.media import HTML
from tiesgraph.web.exchange import Reply, send
from tiesgraph.web.files import asset_url
from tiesgraph.web.site import Site

__all__ = ["NAVIGATION", "POLICY", "STYLED", "page", "render"]

NAVIGATION = (
    ("/ask", "Ask"),
    ("/questions", "Questions"),
    ("/pictures", "Pictures"),
    ("/compare", "Compare"),
    ("/search", "Search"),
    ("/audit", "Audit"),
    ("/check", "Check"),
    ("/data", "Data"),
)
"""The paths and names in the head of every page."""

POLICY = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}

STYLED = {name: value.replace("style-src 'self'", "style-src 'self' 'unsafe-inline'") for name, value in POLICY.items()}
"""For the editor, whose libraries set styles on what they draw; scripts stay as strict."""


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("tiesgraph.web"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["asset_url"] = asset_url
    return environment


def render(site: Site, template: str, /, *, here: str, **context: Any) -> bytes:
    """A page as UTF-8 HTML.

    Args:
        site: whose graph it tells of.
        template: a file in `templates/`.
        here: the path of the page, to mark its place in the navigation.
        context: what the template asks for; a name that it uses and nobody gives is an error.
    """
    filled = _environment().get_template(template)
    frame = {"navigation": NAVIGATION, "edition": site.edition, "dated": site.edition.dated, "here": here}
    return filled.render(**frame, **context).encode()


def page(
    request: Request,
    site: Site,
    template: str,
    /,
    *,
    status: int = 200,
    policy: Mapping[str, str] = POLICY,
    **context: Any,
) -> Response:
    """The response with a filled-in template; its validator is its own bytes.

    Args:
        request: what it answers.
        site: whose graph it tells of.
        template: a file in `templates/`.
        status: of the response.
        policy: the headers that say what the page may load.
        context: what the template asks for.
    """
    body = render(site, template, here=request.url.path, **context)
    tag = hashlib.sha256(body).hexdigest()[:32] if status == 200 else None
    response = send(request, Reply(body=body, content_type=HTML.content_type, tag=tag, status=status))
    response.headers.update(policy)
    return response
