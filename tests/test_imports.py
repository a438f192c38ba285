"""Who may import whom: the architecture, held by reading the source."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

SOURCE = Path(__file__).resolve().parent.parent / "src" / "tiesgraph"

STORE = {"names", "errors", "corpus", "store", "syntax"}
ON_STORE = {"terms", "bounds", "infer", "validate", "query", "describe"}
REASONING = {"conclusions", "datatypes", "notation", "rules"}

MAY_IMPORT: dict[str, set[str]] = {
    "__init__": set(),
    "names": set(),
    "errors": {"errors"},
    "media": {"errors"},
    "coding": {"errors", "media"},
    "assets": {"errors"},
    "syntax": {"names", "errors"},
    "corpus": {"names", "errors"},
    "planning": {"names", "planning", "syntax"},
    "parts": {"errors"},
    "store": {"names", "errors", "corpus", "parts", "planning", "syntax"},
    "bridge": STORE,
    "dataset": STORE,
    "rdffile": {"errors", "corpus"},
    "shacl": STORE | {"bridge", "datatypes", "guard", "shacl", "syntax"},
    "terms": STORE,
    "demands": STORE | {"shacl"},
    "skeleton": STORE | {"demands"},
    "bounds": STORE | {"conclusions"},
    "conclusions": STORE,
    "datatypes": STORE,
    "notation": STORE,
    "infer": STORE | {"bridge", "conclusions"},
    "rules": STORE | REASONING,
    "validate": STORE | {"shacl"},
    "provenance": STORE,
    "cases": STORE | {"bounds", "infer", "provenance", "validate"},
    "contradictions": STORE | {"contradictions", "jsonld", "media", "rdftext", "validate"},
    "guard": {"errors", "syntax"},
    "rdftext": {"errors", "media"},
    "dump": STORE | {"media", "rdftext"},
    "census": STORE,
    "description": STORE | {"census", "dump", "media", "query", "syntax", "description"},
    "cut": {"errors", "media", "names"},
    "result": STORE | {"cut", "media", "rdftext"},
    "hints": STORE | {"syntax"},
    "mistakes": {"errors", "syntax"},
    "query": STORE | {"guard", "hints", "mistakes", "result"},
    "describe": STORE,
    "picture": {"errors", "query"},
    "resultset": STORE,
    "search": STORE,
    "pages": STORE | {"syntax"},
    "jsonld": {"errors", "media", "names"},
    "document": STORE | {"describe", "jsonld", "media", "outline", "rdftext"},
    "outline": STORE - {"store"},
    "catalog": STORE | {"document"},
    "reference": STORE | {"reference", "shacl", "validate"},
    "commentary": STORE | {"cases", "rdffile", "reference"},
    "resource": STORE | {"outline", "resource"},
    "explain": STORE | REASONING | {"bounds", "explain", "query", "resource"},
    "additions": STORE | REASONING | {"bounds", "terms"},
    "pipeline": STORE
    | {"bounds", "cases", "commentary", "contradictions", "description", "infer", "provenance"}
    | {"query", "rules", "terms", "validate"},
    "pack": STORE | {"outline", "terms", "pipeline"},
    "workers": STORE | {"workers"},
    "remote": STORE | {"__init__", "dump", "hints", "media", "query", "remote"},
    "checkup": STORE | {"rdffile", "shacl", "terms", "validate"},
    "posted": STORE | {"checkup", "media", "rdffile", "reports", "shacl", "validate"},
    "reports": STORE | {"__init__", "jsonld", "media", "pack", "rdffile", "rdftext", "reports", "shacl", "validate"},
    "web": STORE
    | {
        "__init__",
        "assets",
        "catalog",
        "census",
        "coding",
        "contradictions",
        "cut",
        "description",
        "document",
        "guard",
        "dump",
        "explain",
        "media",
        "outline",
        "pages",
        "picture",
        "posted",
        "query",
        "reference",
        "remote",
        "resource",
        "result",
        "resultset",
        "search",
        "syntax",
        "web",
        "workers",
    },
    "cli": STORE
    | ON_STORE
    | {
        "__init__",
        "additions",
        "checkup",
        "cli",
        "contradictions",
        "cut",
        "dataset",
        "demands",
        "dump",
        "explain",
        "guard",
        "media",
        "pack",
        "rdffile",
        "remote",
        "reports",
        "shacl",
        "skeleton",
        "web",
        "workers",
    },
}
"""Module or package → the ones of ours that it may import."""

ONLY_IN = {
    "owlrl": "infer",
    "pyshacl": "shacl",
    "fastapi": "web",
    "httpx": "remote",
    "starlette": "web",
    "jinja2": "web",
    "prometheus_client": "web",
    "uvicorn": "web",
    "click": "cli",
    "rich": "cli",
}
"""Library → the one module or package that may import it."""

MODULES = sorted(SOURCE.rglob("*.py"))


def part(module: Path) -> str:
    """The name under which the tables know a source file: its package's, or its own."""
    return module.relative_to(SOURCE).parts[0].removesuffix(".py")


def imported(module: Path) -> Iterator[str]:
    """The dotted names that a source file imports, wherever in it."""
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        match node:
            case ast.Import(names=names):
                yield from (name.name for name in names)
            case ast.ImportFrom(module=str(base), names=names):
                yield base if base != "tiesgraph" else f"tiesgraph.{names[0].name}"
                if base == "tiesgraph":
                    yield from (f"tiesgraph.{name.name}" for name in names)


@pytest.mark.parametrize("module", MODULES, ids=lambda module: str(module.relative_to(SOURCE)))
def test_a_module_imports_only_what_lies_below_it(module: Path) -> None:
    ours = {name.split(".")[1] for name in imported(module) if name.startswith("tiesgraph.")}
    ours = {"__init__" if name == "__version__" else name for name in ours}
    assert ours - MAY_IMPORT[part(module)] == set()


@pytest.mark.parametrize("module", MODULES, ids=lambda module: str(module.relative_to(SOURCE)))
def test_a_library_is_imported_in_its_one_place(module: Path) -> None:
    libraries = {name.split(".")[0] for name in imported(module)}
    assert {name for name in libraries if ONLY_IN.get(name, part(module)) != part(module)} == set()


@pytest.mark.parametrize("start", ["web", "pack", "explain", "rules", "store", "names"])
def test_a_server_starts_without_reasoner_and_validator(start: str) -> None:
    code = f"import sys, tiesgraph.{start}; print([m for m in ('rdflib', 'owlrl', 'pyshacl') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("start", ["web.server", "web.app", "cli.serve"])
def test_a_server_over_a_graph_at_hand_starts_without_the_client_of_stores(start: str) -> None:
    code = (
        f"import sys, tiesgraph.{start}; print([m for m in ('httpx', 'tiesgraph.remote.client') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("module", MODULES, ids=lambda module: str(module.relative_to(SOURCE)))
def test_a_module_says_why_it_exists_and_stays_readable(module: Path) -> None:
    text = module.read_text(encoding="utf-8")
    assert ast.get_docstring(ast.parse(text))
    assert len(text.splitlines()) <= 300


@pytest.mark.parametrize("module", MODULES, ids=lambda module: str(module.relative_to(SOURCE)))
def test_what_a_module_exports_is_there(module: Path) -> None:
    dotted = ".".join(["tiesgraph", *module.relative_to(SOURCE).with_suffix("").parts]).removesuffix(".__init__")
    loaded = __import__(dotted, fromlist=["*"])
    exported = getattr(loaded, "__all__", [])
    assert [name for name in exported if not hasattr(loaded, name)] == []
    assert list(exported) == list(dict.fromkeys(exported))
