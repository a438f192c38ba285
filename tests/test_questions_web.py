"""The named questions over HTTP: listed, given in SPARQL, answered at URLs of their own."""

import re
from html import unescape

import pytest

from app_client import AppClient
from tiesgraph.errors import MisuseError
from tiesgraph.query import EVERYTHING, Question, questions
from tiesgraph.store import Store
from tiesgraph.web import create_app
from tiesgraph.web.questions import bindings
from tiesgraph.web.runner import Job, answer

NAME = min(one.name for one in questions())
ASKED = Question.parse("q", "# Who?\n# parameter: a, an actor\n# parameter: b, another\nSELECT ?a ?b {}")


@pytest.fixture(scope="module")
def client(toy_graph: Store) -> AppClient:
    return AppClient(create_app(toy_graph))


def test_they_are_listed_and_given_in_sparql(client: AppClient) -> None:
    listed = client.get("/questions").json()
    assert [one["name"] for one in listed] == [one.name for one in questions()]
    response = client.get(f"/questions/{NAME}.rq")
    assert response.headers["content-type"] == "application/sparql-query"
    assert next(one["question"] for one in listed if one["name"] == NAME) in response.text


@pytest.mark.parametrize(
    ("url", "accept", "wanted"),
    [
        (f"/questions/{NAME}", "*/*", "application/sparql-results+json"),
        (f"/questions/{NAME}", "text/csv", "text/csv; charset=utf-8"),
        (f"/questions/{NAME}?format=tsv", "text/csv", "text/tab-separated-values; charset=utf-8"),
        (f"/questions/{NAME}.csv", "*/*", "text/csv; charset=utf-8"),
        (f"/questions/{NAME}.xml", "text/html,application/xhtml+xml", "application/sparql-results+xml"),
        (f"/questions/{NAME}.srj", "text/csv", "application/sparql-results+json"),
    ],
)
def test_an_answer_is_had_in_each_format_and_has_a_url_in_each(
    client: AppClient, url: str, accept: str, wanted: str
) -> None:
    response = client.get(url, headers={"Accept": accept})
    assert (response.status_code, response.headers["content-type"]) == (200, wanted)
    again = client.get(url, headers={"Accept": accept, "If-None-Match": response.headers["etag"]})
    assert again.status_code == 304


@pytest.mark.parametrize(
    ("url", "status", "said"),
    [
        ("/questions/none-such.rq", 404, "none-such"),
        ("/questions/none-such", 404, "none-such"),
        (f"/questions/{NAME[:-1]}", 404, f"did you mean {NAME}?"),
        (f"/questions/{NAME}.foo", 400, "no format is called foo"),
        (f"/questions/{NAME}?format=foo", 400, "no format is called foo"),
        (f"/questions/{NAME}?zzz=1", 400, "has no parameter zzz"),
    ],
)
def test_what_is_not_there_is_said(client: AppClient, url: str, status: int, said: str) -> None:
    response = client.get(url)
    assert response.status_code == status
    assert said in response.json()["detail"]


def test_parameters_are_terms_or_addresses() -> None:
    pairs = [("a", "actor:japan"), ("format", "csv"), ("b", "https://example.org/b")]
    assert bindings(ASKED, pairs) == (("a", "actor:japan"), ("b", "<https://example.org/b>"))


@pytest.mark.parametrize("pairs", [[("c", "1")], [("a", "1"), ("a", "2")]])
def test_a_parameter_that_is_none_or_has_two_values_is_refused(pairs: list[tuple[str, str]]) -> None:
    with pytest.raises(MisuseError):
        bindings(ASKED, pairs)


def test_a_worker_binds_what_the_job_says(toy_graph: Store) -> None:
    job = Job("SELECT ?a {}", EVERYTHING, "http://x/", ("text/csv",), (), ("identity",), bind=(("a", "actor:japan"),))
    assert bytes(answer(toy_graph, job).body).split() == [b"a", b"https://w3id.org/tiesgraph/id/actor/japan"]
    with pytest.raises(MisuseError):
        answer(toy_graph, Job("ASK {}", EVERYTHING, "http://x/", (), (), ("identity",), bind=(("a", "nonsense"),)))


@pytest.mark.parametrize("name", ["agreements-with-germany-by-status", "two-plus-two-meetings-by-state"])
def test_for_readers_a_question_is_a_page_with_the_pages_of_the_report(name: str, graph: Store) -> None:
    client = AppClient(create_app(graph))
    page = client.get(f"/questions/{name}", headers={"Accept": "text/html"})
    rows = client.get(f"/questions/{name}.csv").text.splitlines()[1:]
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert page.text.count("<tr>") == len(rows) + 1
    assert page.text.count('<td class="pages"><a href="/report/page/') == len(rows)


def test_an_answer_with_one_number_a_name_is_drawn_as_bars_and_no_other_is(graph: Store) -> None:
    client = AppClient(create_app(graph))
    drawn = client.get("/questions/two-plus-two-meetings-by-state.vl.json")
    assert drawn.json()["mark"]["type"] == "bar"
    assert client.get("/questions/agreements-with-germany-by-status.vl.json").status_code == 404


def test_the_questions_are_listed_for_readers_too(graph: Store) -> None:
    text = AppClient(create_app(graph)).get("/questions", headers={"Accept": "text/html"}).text
    assert text.count('<li><a href="/questions/') == len(questions())


def test_a_parameter_is_a_choice_among_the_values_of_the_whole_answer(graph: Store) -> None:
    client = AppClient(create_app(graph))
    address = "/questions/exercises-by-partner-and-year?partner=actor:nato&year=2018"
    text = client.get(address, headers={"Accept": "text/html"}).text
    assert '<option value="actor:nato" selected>' in text
    assert '<option value="2018" selected>' in text
    assert '<option value="actor:france">France</option>' in text
    rows = client.get(address.replace("?", ".csv?")).text.splitlines()[1:]
    assert rows
    assert text.count("<tr>") == len(rows) + 1


PARAMETERS = [(one.name, parameter.name) for one in questions() for parameter in one.parameters]


@pytest.mark.parametrize(("name", "parameter"), PARAMETERS)
def test_the_choices_of_a_field_divide_the_answer_among_them(name: str, parameter: str, graph: Store) -> None:
    client = AppClient(create_app(graph))
    text = client.get(f"/questions/{name}", headers={"Accept": "text/html"}).text
    field = text.partition(f'<select id="{parameter}"')[2].partition("</select>")[0]
    values = [unescape(value) for value in re.findall(r'<option value="([^"]+)"', field)]
    answers = [client.get(f"/questions/{name}.csv", params={parameter: value}).text for value in values]
    rows = [row for answer in answers for row in answer.splitlines()[1:]]
    assert len(values) > 1
    assert sorted(rows) == sorted(client.get(f"/questions/{name}.csv").text.splitlines()[1:])


def test_a_parameter_left_open_in_the_form_is_open(graph: Store) -> None:
    client = AppClient(create_app(graph))
    whole = client.get("/questions/motives-by-holder.csv").text
    assert client.get("/questions/motives-by-holder.csv?holder=").text == whole
