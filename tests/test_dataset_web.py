"""What a server says of its dataset: description, statistics and files, of our graph and of a user's."""

from __future__ import annotations

import gzip
from pathlib import Path

import httpx
import pyoxigraph as ox
import pytest

from app_client import AppClient
from tiesgraph.dataset import open_dataset
from tiesgraph.dump import Dump, dumps, write
from tiesgraph.media import GRAPH_FORMATS, NQUADS, TRIG, TURTLE, Format
from tiesgraph.names import BASE, DCAT, PROV, RDF, SD, VOID, graph_iri, prefixes
from tiesgraph.store import Store
from tiesgraph.web import create_app

FORMATS = (*GRAPH_FORMATS, TRIG, NQUADS)
HERE = "http://testserver/"
DOCUMENTS = ("/sparql", "/about/dataset", "/.well-known/void")


@pytest.fixture(scope="module")
def ours(toy_graph: Store) -> AppClient:
    return AppClient(create_app(toy_graph))


@pytest.fixture
def theirs(tmp_path: Path) -> AppClient:
    """Two triples in the default graph, one of them in a named graph too, which has one more."""
    file = tmp_path / "data.nq"
    file.write_text(
        "<http://e/a> <http://e/p> <http://e/b> .\n"
        f"<http://e/a> <{RDF}type> <http://e/C> .\n"
        "<http://e/a> <http://e/p> <http://e/b> <http://e/g> .\n"
        '<http://e/b> <http://e/q> "1" <http://e/g> .\n'
    )
    return AppClient(create_app(open_dataset([file])))


def read(response: httpx.Response) -> set[ox.Triple]:
    """The triples of an RDF answer."""
    assert response.status_code == 200, response.text
    kind = ox.RdfFormat.from_media_type(response.headers["content-type"].partition(";")[0])
    return {quad.triple for quad in ox.parse(response.content, format=kind)}


def values(told: set[ox.Triple], prop: ox.NamedNode, *, of: str | None = None) -> set[str]:
    """What `told` has for `prop`, of one subject or of all."""
    subject = None if of is None else ox.NamedNode(of)
    found = (t.object for t in told if t.predicate == prop and subject in (None, t.subject))
    return {value.value for value in found if isinstance(value, ox.NamedNode | ox.Literal)}


# ---- our graph


@pytest.mark.parametrize("path", DOCUMENTS)
def test_every_document_says_where_this_server_is(ours: AppClient, path: str) -> None:
    told = read(ours.get(path))
    assert values(told, SD["endpoint"]) == values(told, VOID["sparqlEndpoint"]) == {f"{HERE}sparql"}
    assert values(told, DCAT["endpointURL"]) == {f"{HERE}sparql"}
    assert values(told, DCAT["landingPage"]) == {HERE}
    assert {url.removeprefix(f"{HERE}dumps/") for url in values(told, DCAT["downloadURL"])} == {d.name for d in dumps()}


@pytest.mark.parametrize("path", DOCUMENTS)
def test_names_stay_names_wherever_the_server_is(ours: AppClient, path: str) -> None:
    told = read(ours.get(path))
    assert ox.Triple(ox.NamedNode(f"{BASE}dataset#service"), RDF["type"], SD["Service"]) in told
    subjects = {t.subject.value for t in told if isinstance(t.subject, ox.NamedNode)}
    assert not any(iri.startswith(HERE) for iri in subjects)
    assert values(told, PROV["wasGeneratedBy"], of=f"{BASE}dataset") == {f"{BASE}dataset#build"}


def test_the_graph_itself_says_it_under_its_own_base(ours: AppClient) -> None:
    query = f"SELECT ?url {{ ?service <{SD['endpoint'].value}> ?url }}"
    rows = ours.get("/sparql", params={"query": query}, headers={"Accept": "text/csv"})
    assert rows.text.split() == ["url", f"{BASE}sparql"]


def test_statistics_are_the_description_and_the_partitions(ours: AppClient, toy_graph: Store) -> None:
    less, more = (read(ours.get(path)) for path in ("/about/dataset", "/.well-known/void"))
    assert less < more
    assert set(toy_graph.triples(graph=graph_iri("partitions"))) == more - less
    assert values(less, VOID["classPartition"]) == set()


def test_the_dataset_is_a_thing_and_sends_on_to_its_document(ours: AppClient) -> None:
    response = ours.get("/dataset", headers={"Accept": "application/ld+json"})
    assert (response.status_code, response.headers["location"]) == (303, "dataset.jsonld")
    assert ours.get("/dataset", headers={"Accept": "text/html"}).headers["location"] == "dataset.html"
    assert ours.get("/dataset.html").headers["content-type"] == "text/html; charset=utf-8"


@pytest.mark.parametrize("fmt", FORMATS, ids=lambda fmt: fmt.name)
@pytest.mark.parametrize("path", ["/dataset", "/.well-known/void"])
def test_each_format_has_a_url_and_says_the_same(ours: AppClient, path: str, fmt: Format) -> None:
    response = ours.get(path + fmt.suffix, headers={"Accept": "text/csv"})
    assert response.headers["content-type"] == fmt.content_type
    assert response.headers["vary"] == "Accept-Encoding"
    assert read(response) == read(ours.get(f"{path}.nt"))
    assert response.headers["link"].count('rel="alternate"') == len(FORMATS) - 1


@pytest.mark.parametrize("path", DOCUMENTS)
def test_who_has_a_document_is_not_sent_it_again(ours: AppClient, path: str) -> None:
    tag = ours.get(path).headers["etag"]
    assert ours.get(path, headers={"If-None-Match": tag}).status_code == 304
    other = ours.get(path, headers={"If-None-Match": tag, "Host": "other.example"})
    assert other.status_code == 200
    assert b"http://other.example/sparql" in other.content


@pytest.mark.parametrize("path", DOCUMENTS)
def test_what_is_no_rdf_is_refused(ours: AppClient, path: str) -> None:
    assert ours.get(path, headers={"Accept": "image/png"}).status_code == 406


def test_a_question_is_a_thing_too(ours: AppClient) -> None:
    path = "/question/agreements-signed-and-in-force"
    response = ours.get(path, headers={"Accept": "text/turtle"})
    assert (response.status_code, response.headers["location"]) == (303, "agreements-signed-and-in-force.ttl")
    assert b"sh:select" in ours.get(f"{path}.ttl").content


# ---- a user's


def test_a_users_dataset_is_described_as_it_is(theirs: AppClient) -> None:
    told = read(theirs.get("/sparql"))
    assert values(told, SD["endpoint"]) == {f"{HERE}sparql"}
    assert values(told, SD["feature"]) == set()
    assert values(told, SD["name"]) == {"http://e/g"}
    assert values(told, VOID["triples"], of="http://e/g") == {"2"}
    assert values(told, VOID["triples"], of=f"{HERE}dataset#default-graph") == {"2"}
    assert values(told, DCAT["downloadURL"]) == set()
    assert not any(BASE in str(triple) for triple in told)


def test_a_users_dataset_is_counted_over_all_its_graphs_each_triple_once(theirs: AppClient) -> None:
    told = read(theirs.get("/.well-known/void"))
    dataset = f"{HERE}dataset"
    numbers = {name: values(told, VOID[name], of=dataset) for name in ("triples", "classes", "properties")}
    assert numbers == {"triples": {"3"}, "classes": {"1"}, "properties": {"3"}}
    assert values(told, VOID["class"]) == {"http://e/C"}
    assert values(told, VOID["entities"]) == {"1"}


def test_an_empty_dataset_is_described_too(tmp_path: Path) -> None:
    (tmp_path / "none.nq").touch()
    client = AppClient(create_app(open_dataset([tmp_path / "none.nq"])))
    assert values(read(client.get("/.well-known/void")), VOID["triples"]) == {"0"}


def test_a_users_file_that_repeats_our_description_is_not_taken_for_ours(tmp_path: Path, toy_graph: Store) -> None:
    file = tmp_path / "copy.trig"
    file.write_bytes(write(toy_graph, Dump(fmt=TRIG), table={}))
    told = read(AppClient(create_app(open_dataset([file]))).get("/sparql"))
    assert values(told, SD["feature"]) == set()
    assert values(told, VOID["triples"], of=f"{HERE}dataset#default-graph") == {"0"}


# ---- files


def test_all_files_are_listed_for_programs_and_for_readers(ours: AppClient, toy_graph: Store) -> None:
    listed = ours.get("/dumps", headers={"Accept": "application/json"}).json()
    graphs = [Dump(fmt=TURTLE, graph=graph, packed=True).name for graph in toy_graph.graphs()]
    assert [file["name"] for file in listed] == [*(dump.name for dump in dumps()), *graphs]
    page = ours.get("/dumps", headers={"Accept": "text/html"}).text
    assert all(f'href="{file["url"]}"' in page for file in listed)


@pytest.mark.parametrize("name", [*(dump.name for dump in dumps()), "graph/p025.ttl.gz", "graph/p025.rdf"])
def test_a_file_is_the_dump_of_its_name(ours: AppClient, toy_graph: Store, name: str) -> None:
    dump = Dump.parse(name)
    assert dump is not None
    response = ours.get(f"/dumps/{name}", headers={"Accept-Encoding": "identity"})
    assert response.content == write(toy_graph, dump, table=prefixes())
    assert response.headers["content-type"] == ("application/gzip" if dump.packed else dump.fmt.content_type)


def test_a_gzipped_file_is_not_packed_twice(ours: AppClient) -> None:
    response = ours.get("/dumps/tiesgraph.trig.gz", headers={"Accept-Encoding": "gzip, br"})
    assert "content-encoding" not in response.headers
    assert gzip.decompress(response.content) == ours.get("/dumps/tiesgraph.trig").content


def test_who_has_a_file_is_not_sent_it_again(ours: AppClient) -> None:
    tag = ours.get("/dumps/tiesgraph.nq.gz").headers["etag"]
    assert ours.get("/dumps/tiesgraph.nq.gz", headers={"If-None-Match": tag}).status_code == 304
    head = ours.head("/dumps/tiesgraph.nq.gz")
    assert (head.status_code, head.content, head.headers["etag"]) == (200, b"", tag)


@pytest.mark.parametrize(
    ("name", "near"),
    [("tiesgraph.trg.gz", "/dumps/tiesgraph.trig.gz"), ("graph/p25.ttl.gz", "/dumps/graph/p025.ttl.gz")],
)
def test_a_wrong_name_is_answered_with_the_nearest(ours: AppClient, name: str, near: str) -> None:
    response = ours.get(f"/dumps/{name}")
    assert response.status_code == 404
    assert response.json()["candidates"][0] == near


def test_a_users_files_are_not_handed_out(theirs: AppClient) -> None:
    assert theirs.get("/dumps", headers={"Accept": "application/json"}).json() == []
    assert "offers none" in theirs.get("/dumps", headers={"Accept": "text/html"}).text
    assert theirs.get("/dumps/tiesgraph.trig").status_code == 404
