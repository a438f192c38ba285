"""The bundles for the browser: whole, self-contained, and made from fixed versions."""

import gzip
import json
import re
import shutil
from pathlib import Path

import brotli
import pytest

from tiesgraph.assets import ASSETS, asset, make_assets, packed
from tiesgraph.errors import PackError

ROOT = Path(__file__).resolve().parent.parent


def test_the_lock_file_fixes_every_library_by_hash_and_names_no_address() -> None:
    packages = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    libraries = {name: entry for name, entry in packages.items() if name}
    assert libraries
    assert [name for name, entry in libraries.items() if "integrity" not in entry or "resolved" in entry] == []


def test_each_source_of_the_client_has_its_bundle() -> None:
    client = ROOT / "src" / "tiesgraph" / "web" / "client"
    names = [path.name for path in client.iterdir() if path.suffix in (".js", ".css")]
    assert names
    assert [name for name in names if asset(name) is None] == []


@pytest.mark.parametrize("name", ["", "..", "../names.py", "sources.json", "nothing.js"])
def test_nothing_but_a_bundle_is_an_asset(name: str) -> None:
    assert asset(name) is None


@pytest.mark.parametrize("name", ["ask.css"])
def test_a_style_sheet_loads_nothing_from_elsewhere(name: str) -> None:
    loaded = re.findall(r"url\(([^)]*)\)", (ASSETS / name).read_text(encoding="utf-8"))
    assert [one for one in loaded if not one.strip("\"'").startswith(("data:", "#"))] == []


@pytest.mark.parametrize("coding", ["br", "gzip"])
def test_a_bundle_is_kept_compressed_and_unpacks_to_itself(coding: str) -> None:
    file, plain = packed("chart.js", coding), asset("chart.js")
    assert file is not None
    assert plain is not None
    unpack = brotli.decompress if coding == "br" else gzip.decompress
    assert unpack(file.read_bytes()) == plain.read_bytes()
    assert asset(file.name) is None


def test_a_library_that_cannot_be_had_is_an_error_that_says_so(tmp_path: Path) -> None:
    for name in ("package.json", ".npmrc"):
        shutil.copyfile(ROOT / name, tmp_path / name)
    (tmp_path / "package-lock.json").write_text("{}", encoding="utf-8")
    shutil.copytree(ROOT / "src" / "tiesgraph" / "web" / "client", tmp_path / "src" / "tiesgraph" / "web" / "client")
    with pytest.raises(PackError, match="the browser libraries cannot be fetched"):
        make_assets(tmp_path, into=tmp_path / "out")
    assert not (tmp_path / "out").exists()
