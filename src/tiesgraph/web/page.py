"""The plain HTML page that short texts are shown in: problems, lists, notes. It needs no script and no style sheet."""

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
<h1>{title}</h1>
{body}
<p><a href="/">tiesgraph</a></p>
</body>
</html>
"""


def page(title: str, body: str, /) -> str:
    """A whole page: `title` is text, `body` is HTML."""
    return _PAGE.format(title=escape(title), body=body)
