"""The plain HTML page that an error is shown in while the application that has templates is not there yet."""

from __future__ import annotations

from html import escape

__all__ = ["page"]

_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
</head>
<body>
<main>
<h1>{title}</h1>
{body}
<p><a href="/">tiesgraph</a></p>
</main>
</body>
</html>
"""


def page(title: str, body: str, /) -> str:
    """A whole page: `title` is text, `body` is HTML."""
    return _PAGE.format(title=escape(title), body=body)
