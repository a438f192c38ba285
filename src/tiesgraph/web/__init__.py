"""The graph over HTTP: `create_app(store)` is the whole application."""

from tiesgraph.web.app import create_app
from tiesgraph.web.site import Edition, Settings

__all__ = ["Edition", "Settings", "create_app"]
