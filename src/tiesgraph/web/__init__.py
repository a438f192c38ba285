"""The graph over HTTP: `create_app(store)` is the whole application.

It is imported when it is asked for: a server that is starting has to answer before that.
"""

from typing import TYPE_CHECKING, Any

from tiesgraph.web.site import Edition, Settings

if TYPE_CHECKING:
    from tiesgraph.web.app import create_app

__all__ = ["Edition", "Settings", "create_app"]


def __getattr__(name: str) -> Any:
    if name == "create_app":
        from tiesgraph.web.app import create_app

        return create_app
    raise AttributeError(name)
