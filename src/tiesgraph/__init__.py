"""tiesgraph: the security ties of Japan and Europe as an RDF graph in which every statement knows its page."""

__all__ = ["__version__"]

__version__: str


def __getattr__(name: str) -> str:
    # Looked up when asked for: the build hook imports this package before any version of it is installed.
    if name == "__version__":
        from importlib.metadata import version

        return version("tiesgraph")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
