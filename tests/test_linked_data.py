"""The real graph as linked data: every IRI of ours dereferences, and every format of a document says the same."""

from __future__ import annotations

import random
import re
import threading
from collections import defaultdict
from collections.abc import Iterator
from html import unescape
from urllib.parse import unquote, urljoin

import pyoxigraph as ox
import pytest
import rdflib
import rdflib.compare
import uvicorn

from app_client import AppClient
from tiesgraph.catalog import Catalog
from tiesgraph.cli.serve import listen
from tiesgraph.media import GRAPH_FORMATS, NQUADS, TRIG
from tiesgraph.names import BASE, TIES, is_place
from tiesgraph.store import Store
from tiesgraph.web import create_app

FORMATS = (*GRAPH_FORMATS, TRIG, NQUADS)
LARGE = ("graph/inferred", "graph/derived", "graph/shapes", "graph/entities", "graph/concepts", "graph/partitions")
DOCUMENT = ".well-known/void"
"""The one IRI among them that is a document itself, and sends on to none."""
SAMPLE = random.Random(20)  # noqa: S311 - the same few of each kind each time


@pytest.fixture(scope="module")
def client(graph: Store) -> AppClient:
    return AppClient(create_app(graph))


@pytest.fixture(scope="module")
def paths(graph: Store) -> list[str]:
    """The paths of all IRIs of ours that the graph says anything of, fragments cut off; places are no resources."""
    nodes: set[object] = set(graph.graphs())
    for quad in graph.engine.quads_for_pattern(None, None, None, ox.DefaultGraph()):
        nodes |= {quad.subject, quad.predicate, quad.object}
    iris = (node.value for node in nodes if isinstance(node, ox.NamedNode))
    ours = (iri.partition("#")[0] for iri in iris if iri.startswith(BASE) and not is_place(iri))
    return sorted({iri.removeprefix(BASE) for iri in ours})


@pytest.fixture(scope="module")
def sample(paths: list[str]) -> list[str]:
    """One path of every kind, and the namespaces whole."""
    kinds = defaultdict(list)
    for path in paths:
        if path not in (*LARGE, DOCUMENT):
            kinds["/".join(path.split("/")[:2]) if path.count("/") > 1 else path.partition("/")[0]].append(path)
    return sorted({SAMPLE.choice(found) for found in kinds.values()} | {"ontology", "shapes", "graph/p025"})


def test_every_iri_of_ours_that_the_graph_has_stands_at_its_path(graph: Store, paths: list[str]) -> None:
    catalog = Catalog(graph)
    assert len(paths) > 7000
    assert [path for path in paths if catalog.at(path) is None] == []


def test_one_of_every_kind_sends_on_to_its_document(client: AppClient, sample: list[str]) -> None:
    assert len(sample) > 60
    for path in sample:
        response = client.get(f"/{path}", headers={"Accept": "text/turtle"})
        assert response.status_code == 303, path
        target = urljoin(f"http://testserver/{path}", response.headers["location"])
        assert target == f"http://testserver/{path}.ttl"
        assert client.get(target).status_code == 200


def read(body: bytes, media_type: str) -> set[str]:
    """The triples of `body`, its blank nodes renamed by what is said of them."""
    quads = ox.parse(body, format=ox.RdfFormat.from_media_type(media_type))
    dataset = ox.Dataset(ox.Quad(quad.subject, quad.predicate, quad.object) for quad in quads)
    dataset.canonicalize(ox.CanonicalizationAlgorithm.UNSTABLE)
    return {str(quad) for quad in dataset}


def test_all_formats_of_a_document_say_the_same_triples(client: AppClient, sample: list[str]) -> None:
    for path in sample:
        told = {fmt.name: client.get(f"/{path}{fmt.suffix}") for fmt in FORMATS}
        assert {response.status_code for response in told.values()} == {200}, path
        triples = {name: read(one.content, one.headers["content-type"].partition(";")[0]) for name, one in told.items()}
        assert len(triples["ttl"]) > 1
        assert all(found == triples["ttl"] for found in triples.values()), path


def test_every_document_tells_its_topic_dataset_licence_and_version(client: AppClient, sample: list[str]) -> None:
    for path in sample:
        body = client.get(f"/{path}.nt").text
        about = f"<{BASE}about/{path}>"
        assert f"{about} <http://xmlns.com/foaf/0.1/primaryTopic> <{BASE}{path}> ." in body
        for prop in ("rdfs.org/ns/void#inDataset", "purl.org/dc/terms/license", "w3.org/2002/07/owl#versionInfo"):
            assert f"{about} <http://" in body
            assert prop in body, (path, prop)


def test_a_page_graph_gives_exactly_what_the_page_states(client: AppClient, graph: Store) -> None:
    body = client.get("/graph/p025.trig").content
    name = ox.NamedNode(f"{BASE}graph/p025")
    found = {quad.triple for quad in ox.parse(body, format=ox.RdfFormat.TRIG) if quad.graph_name == name}
    assert found == set(graph.triples(graph=name))


def test_the_ontology_gives_every_term_of_every_module(client: AppClient, graph: Store) -> None:
    body = client.get("/ontology.nt").content
    told = {quad.subject for quad in ox.parse(body, format=ox.RdfFormat.N_TRIPLES)}
    terms = {
        t.subject for t in graph.triples() if isinstance(t.subject, ox.NamedNode) and t.subject.value.startswith(TIES)
    }
    assert terms <= told


@pytest.mark.parametrize(
    ("path", "first"),
    [
        ("id/agreement/japan-uk-asca", "id/agreement/japan-uk-acsa"),
        ("id/person/teresa-may", "id/person/theresa-may"),
        ("concept/levels", "concept/level"),
        ("concept/level/ministrial", "concept/level/ministerial"),
        ("report/page/103", "report/page/10"),
        ("source/mod2019f", "source/mod-2019f"),
        ("graph/p25", "graph/p025"),
        ("id/actors/japan", "id/actor/japan"),
    ],
)
def test_a_wrong_name_is_answered_with_the_right_one(client: AppClient, path: str, first: str) -> None:
    response = client.get(f"/{path}")
    assert response.status_code == 404
    assert response.json()["candidates"][0] == BASE + first


def test_every_kind_has_a_page_whose_links_on_this_server_all_lead_somewhere(
    client: AppClient, graph: Store, sample: list[str]
) -> None:
    catalog = Catalog(graph)
    links: set[str] = set()
    for path in sample:
        page = client.get(f"/{path}.html")
        assert page.status_code == 200, path
        main = page.text.partition("<main")[2].partition("</main>")[0]
        links |= {unescape(link) for link in re.findall(r'<a href="(/[^"#?]*)', main)}
    assert len(links) > 500
    lost = [link for link in links if catalog.at(unquote(link.removeprefix("/"))) is None]
    # What is none of the graph's is a route of another kind.
    reader = {"Accept": "text/html,*/*;q=0.5"}
    assert {link: client.get(link, headers=reader).status_code for link in lost} == dict.fromkeys(lost, 200)


@pytest.fixture(scope="module")
def server(graph: Store) -> Iterator[str]:
    """The real graph behind a real socket."""
    with listen("127.0.0.1", 0) as opened:
        running = uvicorn.Server(uvicorn.Config(create_app(graph), log_level="warning"))
        thread = threading.Thread(target=running.run, kwargs={"sockets": [opened]})
        thread.start()
        host, port = opened.getsockname()
        yield f"http://{host}:{port}"
        running.should_exit = True
        thread.join()


@pytest.mark.parametrize("path", ["id/agreement/japan-uk-acsa", "report/note/3-45", "graph/p025", "ontology#Agreement"])
def test_rdflib_reads_an_iri_by_itself(server: str, graph: Store, path: str) -> None:
    told = rdflib.Graph().parse(f"{server}/{path}")
    topic = rdflib.URIRef(BASE + path)
    stated = list(graph.triples(ox.NamedNode(topic)))
    assert len(stated) > 1
    assert len(set(told.triples((topic, None, None)))) == len(stated)


def test_a_federated_description_needs_no_more_than_an_iri(server: str) -> None:
    turtle = rdflib.Graph().parse(f"{server}/id/agreement/japan-uk-acsa.ttl")
    xml = rdflib.Graph().parse(f"{server}/id/agreement/japan-uk-acsa.rdf")
    assert rdflib.compare.isomorphic(turtle, xml)
