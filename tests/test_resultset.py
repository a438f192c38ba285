"""The rows of an answer as RDF."""

import pyoxigraph as ox
import rdflib

from app_client import AppClient
from tiesgraph.names import PAGE, RS
from tiesgraph.query import questions
from tiesgraph.resultset import turtle
from tiesgraph.store import Store
from tiesgraph.web import create_app

NAME = "students-by-state"


def test_a_row_becomes_a_solution_with_its_bindings_and_pages() -> None:
    row = [ox.NamedNode("http://example.org/a"), None, ox.Literal("b", language="en")]
    graph = rdflib.Graph().parse(data=turtle(["x", "y", "z"], [row], [(3, 4)]), format="turtle")
    solution = graph.value(predicate=rdflib.URIRef(RS + "index"), object=rdflib.Literal(1))
    bound = {
        str(graph.value(binding, rdflib.URIRef(RS + "variable"))): graph.value(binding, rdflib.URIRef(RS + "value"))
        for binding in graph.objects(solution, rdflib.URIRef(RS + "binding"))
    }
    assert bound == {"x": rdflib.URIRef("http://example.org/a"), "z": rdflib.Literal("b", lang="en")}
    assert {str(page) for page in graph.objects(solution, rdflib.DCTERMS.source)} == {PAGE + "3", PAGE + "4"}
    assert {str(one) for one in graph.objects(None, rdflib.URIRef(RS + "resultVariable"))} == {"x", "y", "z"}


def test_the_answer_to_a_question_is_had_as_turtle(graph: Store) -> None:
    client = AppClient(create_app(graph))
    assert NAME in {one.name for one in questions()}
    response = client.get(f"/questions/{NAME}.ttl")
    assert response.headers["content-type"] == "text/turtle; charset=utf-8"
    parsed = rdflib.Graph().parse(data=response.text, format="turtle")
    rows = client.get(f"/questions/{NAME}.csv").text.splitlines()[1:]
    assert len(list(parsed.objects(None, rdflib.URIRef(RS + "solution")))) == len(rows)
    assert f"/questions/{NAME}.ttl" in client.get(f"/questions/{NAME}", headers={"Accept": "text/html"}).text
