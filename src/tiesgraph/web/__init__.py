"""The graph over HTTP: `create_app(store)` is the whole application."""

from tiesgraph.web.app import create_app

__all__ = ["create_app"]
