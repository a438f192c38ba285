"""One release, one version: package, citation, changelog and everything that the ontology's files publish agree.

The lint rules hold the headers to each other (cases/lint/metadata); here the ontology's is held to the rest.
"""

import re
import tomllib

import pyoxigraph as ox
import pytest

from conftest import ROOT
from tiesgraph.corpus import parse_file
from tiesgraph.names import DCTERMS, ONTOLOGY, OWL

RELEASE = re.compile(r"^## (\d+\.\d+\.\d+) \((\d{4}-\d{2}-\d{2})\)$", re.MULTILINE)


def header() -> dict[ox.NamedNode, str]:
    """What the ontology says of itself, each property once."""
    triples = parse_file(ROOT / "ontology" / "tiesgraph.ttl")
    own = (triple for triple in triples if triple.subject == ox.NamedNode(ONTOLOGY))
    return {t.predicate: t.object.value for t in own if isinstance(t.object, ox.NamedNode | ox.Literal)}


def releases(changelog: str) -> list[tuple[str, str]]:
    """The releases of a changelog with their dates, the latest first."""
    return RELEASE.findall(changelog)


def disagreements(header: dict[ox.NamedNode, str], changelog: str) -> list[str]:
    """Where an ontology's header and the changelog differ."""
    (version, date), *earlier = releases(changelog)
    prior = f"{ONTOLOGY}/{earlier[0][0]}" if earlier else None
    wanted = {
        OWL["versionInfo"]: version,
        OWL["versionIRI"]: f"{ONTOLOGY}/{version}",
        OWL["priorVersion"]: prior,
        DCTERMS["issued"]: f"{date}T00:00:00Z",
    }
    return [prop.value.rpartition("#")[2] for prop, value in wanted.items() if header.get(prop) != value]


def test_the_package_the_citation_and_the_changelog_bear_the_version_of_the_ontology() -> None:
    version = header()[OWL["versionInfo"]]
    assert tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"] == version
    citations = [ROOT / "CITATION.cff", *(ROOT / "src").rglob("CITATION.cff")]
    for file in citations:
        assert f"\nversion: {version}\n" in file.read_text(encoding="utf-8"), file
    assert disagreements(header(), (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")) == []


def test_the_citation_gives_the_day_of_the_release() -> None:
    day = header()[DCTERMS["issued"]].partition("T")[0]
    assert f'\ndate-released: "{day}"\n' in (ROOT / "CITATION.cff").read_text(encoding="utf-8")


ONE = "# Changelog\n\n## 0.1.0 (2026-11-22)\n\n- All.\n"
TWO = ONE.replace("## 0.1.0", "## 0.2.0 (2027-01-31)\n\n- More.\n\n## 0.1.0")
FIRST = {
    OWL["versionInfo"]: "0.1.0",
    OWL["versionIRI"]: f"{ONTOLOGY}/0.1.0",
    DCTERMS["issued"]: "2026-11-22T00:00:00Z",
}
SECOND = {
    OWL["versionInfo"]: "0.2.0",
    OWL["versionIRI"]: f"{ONTOLOGY}/0.2.0",
    OWL["priorVersion"]: f"{ONTOLOGY}/0.1.0",
    DCTERMS["issued"]: "2027-01-31T00:00:00Z",
}


@pytest.mark.parametrize(
    ("header", "changelog", "wrong"),
    [
        pytest.param(FIRST, ONE, [], id="the first release has none before it"),
        pytest.param(SECOND, TWO, [], id="the second names the first"),
        pytest.param(FIRST, TWO, ["versionInfo", "versionIRI", "priorVersion", "issued"], id="a header left behind"),
        pytest.param(
            {**SECOND, OWL["priorVersion"]: None}, TWO, ["priorVersion"], id="a release that forgets the last"
        ),
        pytest.param({**FIRST, OWL["priorVersion"]: "x"}, ONE, ["priorVersion"], id="one before the first"),
    ],
)
def test_a_header_that_differs_from_the_changelog_is_told(
    header: dict[ox.NamedNode, str], changelog: str, wrong: list[str]
) -> None:
    assert [name.rpartition("/")[2] for name in disagreements(header, changelog)] == wrong
