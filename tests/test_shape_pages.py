"""What is said of the shapes: in words that are made from them, with examples that are the tests' own cases."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from html import unescape
from html.parser import HTMLParser
from pathlib import Path

import pyoxigraph as ox
import pytest

from app_client import AppClient
from conftest import CASES, ROOT, Snippets
from tiesgraph.cases import Trial, cases
from tiesgraph.commentary import COMMENTARY, add_commentary
from tiesgraph.errors import CorpusError, ShapesError, UnknownResource
from tiesgraph.names import DCTERMS, RDF, SH, TIES, TSH
from tiesgraph.pack import open_outline
from tiesgraph.reference import ShapePage, ShapeReference
from tiesgraph.reference.wording import Wording, plain
from tiesgraph.shacl import COMPONENTS, Facts, Shapes
from tiesgraph.store import Store
from tiesgraph.web import create_app

# ---- words


def part(demands: str) -> str:
    """A shape with one property shape that demands this of ties:height."""
    return f"tsh:S a sh:NodeShape ; sh:property tsh:P . tsh:P sh:path ties:height ; {demands} ."


ONTOLOGY = (
    "ties:height a owl:DatatypeProperty ; rdfs:label 'height'@en . ties:Light a owl:Class ; rdfs:label 'light'@en . "
    "ties:near rdfs:label 'near'@en . ties:Isle rdfs:label 'isle'@en ."
)


@pytest.mark.parametrize(
    ("demands", "words"),
    [
        ("sh:minCount 1 ; sh:maxCount 1", "exactly one"),
        ("sh:minCount 2", "at least two"),
        ("sh:maxCount 3", "at most three"),
        ("sh:minCount 2 ; sh:maxCount 12", "two to 12"),
        ("sh:maxCount 0", "none"),
        ("sh:datatype xsd:date ; sh:maxCount 1", "at most one, a day (xsd:date)"),
        ("sh:datatype xsd:date", "any number, each a day (xsd:date)"),
        ("sh:datatype xsd:byte", "any number, each a literal of the type xsd:byte"),
        ("sh:class ties:Isle ; sh:maxCount 1", "at most one, an isle (ties:Isle)"),
        ("sh:nodeKind sh:IRI ; sh:maxCount 1", "at most one, a thing with an IRI"),
        (
            "sh:minInclusive 1 ; sh:maxExclusive 9 ; sh:datatype xsd:integer",
            "any number, each a whole number (xsd:integer), from 1 on, less than 9",
        ),
        ("sh:minExclusive 0 ; sh:maxInclusive 9", "any number, each more than 0, up to 9"),
        (
            "sh:minLength 2 ; sh:maxLength 3",
            "any number, each of 2 characters at least, of 3 characters at most",
        ),
        ("sh:pattern '^a$' ; sh:maxCount 1", "at most one, matching ^a$"),
        ("sh:languageIn ( 'en' 'ja' )", "any number, each in the language en or ja"),
        ("sh:uniqueLang true", "any number, one in each language at most"),
        ("sh:in ( 1 2 )", "any number, each one of 1, 2"),
        ("sh:hasValue 7", "at least one, among them 7"),
        ("sh:equals ties:near", "any number, the same as the values of near (ties:near)"),
        ("sh:disjoint ties:near", "any number, none of which is also among the values of near (ties:near)"),
        ("sh:lessThan ties:near", "any number, less than every value of near (ties:near)"),
        ("sh:lessThanOrEquals ties:near", "any number, not more than any value of near (ties:near)"),
        (
            "sh:or ( [ sh:class ties:Isle ] [ sh:datatype xsd:gYear ] )",
            "any number, each either an isle (ties:Isle), or a year (xsd:gYear)",
        ),
        ("sh:and ( [ sh:class ties:Isle ] [ sh:pattern 'a' ] )", "any number, each an isle (ties:Isle) and matching a"),
        (
            "sh:xone ( [ sh:class ties:Isle ] [ sh:pattern 'a' ] )",
            "any number, each exactly one of: an isle (ties:Isle); matching a",
        ),
        ("sh:not [ sh:class ties:Isle ]", "any number, each not an isle (ties:Isle)"),
        ("sh:node tsh:N", "any number, each a nook, never lit (nook)"),
        ("sh:node tsh:L", "any number, each a concept of the scheme Levels"),
        (
            "sh:node [ sh:property [ sh:path ties:near ; sh:minCount 1 ] ]",
            "any number, each with near (ties:near): at least one",
        ),
        (
            "sh:qualifiedValueShape [ sh:class ties:Isle ] ; sh:qualifiedMinCount 1",
            "any number, each at least one of which is an isle (ties:Isle)",
        ),
    ],
)
def test_each_constraint_has_its_words(snippets: Snippets, demands: str, words: str) -> None:
    store = snippets(
        ontology=ONTOLOGY,
        concepts="<https://w3id.org/tiesgraph/concept/level> a skos:ConceptScheme ; rdfs:label 'Levels'@en .",
        shapes=part(demands) + "tsh:N a sh:NodeShape ; rdfs:label 'Nook'@en ; rdfs:comment 'A nook, never lit.'@en . "
        "tsh:L a sh:NodeShape ; "
        "sh:property [ sh:path skos:inScheme ; sh:hasValue <https://w3id.org/tiesgraph/concept/level> ] .",
    )
    told = ShapeReference(store).demand(TSH["P"])
    assert told.replace("nook (tsh:N)", "nook") == f"Height (ties:height): {words}."


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("ties:near", "near (ties:near)"),
        ("[ sh:inversePath ties:near ]", "that of which it is near (ties:near)"),
        ("[ sh:alternativePath ( ties:near ties:height ) ]", "near (ties:near) or height (ties:height)"),
        ("( ties:near ties:height )", "near (ties:near), and from there height (ties:height)"),
        ("[ sh:zeroOrMorePath ties:near ]", "near (ties:near) (any number of times)"),
        ("[ sh:oneOrMorePath ties:near ]", "near (ties:near) (once or more)"),
        ("[ sh:zeroOrOnePath ties:near ]", "near (ties:near) (or none)"),
    ],
)
def test_each_path_has_its_words(snippets: Snippets, path: str, words: str) -> None:
    store = snippets(ontology=ONTOLOGY, shapes=f"tsh:S a sh:NodeShape ; sh:property tsh:P . tsh:P sh:path {path} .")
    (clause,) = ShapeReference(store).page(TSH["S"]).allowed
    assert plain(clause.path) == words


@pytest.mark.parametrize(
    ("target", "words"),
    [
        ("sh:targetClass ties:Light , ties:Isle", "every isle (ties:Isle) or light (ties:Light)"),
        (
            "sh:targetSubjectsOf ties:near , ties:height",
            "whatever has a value of height (ties:height) or near (ties:near)",
        ),
        ("sh:targetObjectsOf ties:near", "whatever is a value of near (ties:near)"),
        ("sh:target [ rdfs:label 'What is lit' ; sh:select 'SELECT ?this { ?this ties:lit true }' ]", "what is lit"),
        ("sh:severity sh:Info", ""),
    ],
)
def test_each_target_has_its_words(snippets: Snippets, target: str, words: str) -> None:
    store = snippets(ontology=ONTOLOGY, shapes=f"tsh:S a sh:NodeShape ; {target} .")
    assert plain(ShapeReference(store).page(TSH["S"]).about) == words


def test_there_are_words_for_every_constraint_that_is_run() -> None:
    assert set(COMPONENTS) - Wording(Shapes(Facts([])), lambda _: NotImplemented).constraints == set()


def test_a_constraint_without_words_is_an_error(snippets: Snippets) -> None:
    facts = Facts(snippets(shapes=part("sh:newConstraint 1")).triples())
    shapes = Shapes(facts, constraints=("newConstraint",))
    with pytest.raises(ShapesError, match="no words"):
        Wording(shapes, lambda _: NotImplemented).values([shapes.shape(TSH["P"])])


def test_what_several_property_shapes_say_of_a_property_is_said_together(snippets: Snippets) -> None:
    shapes = (
        "tsh:S a sh:NodeShape ; sh:property tsh:P , tsh:Q . tsh:P sh:path ties:height ; sh:minCount 1 ; "
        "sh:message 'One.'@en . "
        "tsh:Q sh:path ties:height ; sh:maxCount 1 ; sh:datatype xsd:date ; sh:message 'Day.'@en ."
    )
    (clause,) = ShapeReference(snippets(ontology=ONTOLOGY, shapes=shapes)).page(TSH["S"]).needed
    assert (clause.count, plain(clause.values)) == ("exactly one", "a day (xsd:date)")
    assert clause.messages == ("One.", "Day.")


# ---- what is judged


@pytest.mark.parametrize(
    ("target", "number"),
    [
        ("sh:targetClass ties:Light", 2),
        ("sh:targetClass ties:Tower", 1),
        ("sh:targetSubjectsOf ties:near", 1),
        ("sh:targetObjectsOf ties:near", 2),
        ("sh:targetNode place:x , place:y", 2),
        ("sh:target [ sh:select 'SELECT ?this { ?this ties:near ?other }' ]", 1),
        ("sh:severity sh:Info", None),
    ],
)
def test_what_a_shape_judges_is_counted_in_the_graphs_that_are_checked(
    snippets: Snippets, target: str, number: int | None
) -> None:
    store = snippets(
        ontology="ties:Tower rdfs:subClassOf ties:Light .",
        p025="place:a a ties:Light ; ties:near place:b , place:c . place:b a ties:Tower .",
        p026="place:a a ties:Light .",
        derived="place:d a ties:Light ; ties:near place:e .",
        shapes=f"tsh:S a sh:NodeShape ; {target} .",
    )
    assert ShapeReference(store).page(TSH["S"]).judged == number


def test_shapes_in_graphs_of_a_user_s_own_are_told_too(snippets: Snippets) -> None:
    store = snippets(
        mine="tsh:S a sh:NodeShape ; sh:targetClass ties:Light ; sh:property [ sh:path ties:height ; sh:minCount 1 ] . "
        "place:a a ties:Light .",
    )
    page = ShapeReference(store).page(TSH["S"])
    assert (page.judged, [clause.count for clause in page.needed]) == (1, ["at least one"])
    assert "at least one" in AppClient(create_app(store)).get("/shapes/S.html").text.lower()


# ---- the graph's own shapes


@pytest.fixture(scope="module")
def shapes(graph: Store) -> ShapeReference:
    return ShapeReference(graph)


@pytest.fixture(scope="module")
def pages(shapes: ShapeReference) -> dict[str, ShapePage]:
    """Name → what is told of the shape."""
    return {node.value.removeprefix(TSH): shapes.page(node) for node in shapes.nodes}


def has_demands(page: ShapePage) -> bool:
    return bool(page.itself or page.needed or page.allowed or page.rules)


def test_every_shape_says_why_it_is_there(pages: dict[str, ShapePage]) -> None:
    assert len(pages) > 100
    assert [name for name, page in pages.items() if not page.reason or page.name.text == page.name.short] == []


def test_every_shape_judges_something_or_is_used(pages: dict[str, ShapePage]) -> None:
    idle = [name for name, page in pages.items() if has_demands(page) and not page.judged and not page.users]
    # Nothing has such a description before the graph is finished.
    assert idle == []


def test_every_shape_has_an_example_either_way(pages: dict[str, ShapePage]) -> None:
    assert [name for name, page in pages.items() if has_demands(page) and page.example is None] == []


def test_the_examples_are_cases_of_the_shape_or_of_one_that_uses_it(pages: dict[str, ShapePage]) -> None:
    known = cases(CASES / "shapes")
    for name, page in pages.items():
        if page.example is not None:
            homes = {name, *(user.local for user in page.users)}
            texts = {
                passes: [c.file.read_text().strip() for c in known if c.shape in homes and c.passes == passes]
                for passes in (True, False)
            }
            assert page.example.passing.strip() in texts[True], name
            assert page.example.failing.strip() in texts[False], name


def test_what_is_said_of_a_failing_example_is_what_the_check_says(graph: Store, pages: dict[str, ShapePage]) -> None:
    trial, known = Trial(graph), cases(CASES / "shapes")
    tried = 0
    for name in sorted(pages)[::9]:
        example = pages[name].example
        for case in known:
            if example and case.shape == name and case.file.read_text().strip() == example.failing.strip():
                assert {finding.message for finding in trial.findings(case)} == set(example.messages)
                tried += 1
    assert tried > 5


def test_a_line_at_fault_is_a_line_of_the_example_that_says_something(pages: dict[str, ShapePage]) -> None:
    for name, page in pages.items():
        if page.example:
            lines = page.example.failing.splitlines()
            assert page.example.lines, name
            assert all(lines[line - 1].strip(" .") for line in page.example.lines), name
            assert page.example.messages, name
            assert all(page.example.messages), name


def test_nothing_that_an_example_states_is_stated(graph: Store) -> None:
    told = set(graph.triples(graph=COMMENTARY))
    assert {type(triple.object) for triple in told} == {ox.Literal}
    assert {str(triple.subject)[1:].startswith(TSH) for triple in told} == {True}
    assert not any(graph.triples(ox.NamedNode("https://w3id.org/tiesgraph/id/actor/norwegian-navy")))


def test_the_graph_says_of_every_shape_in_words_what_it_demands(graph: Store, shapes: ShapeReference) -> None:
    described = {triple.subject for triple in graph.triples(None, DCTERMS["description"], graph=COMMENTARY)}
    demanded = {triple.subject for triple in graph.triples(None, SH["description"], graph=COMMENTARY)}
    assert set(shapes.nodes) == described
    assert set(shapes.parts) == demanded
    assert len(shapes.parts) > 300


def test_a_corpus_without_cases_has_words_alone(toy_graph: Store) -> None:
    assert any(toy_graph.triples(None, SH["description"], graph=COMMENTARY))
    assert not any(toy_graph.triples(None, TIES["passingExample"]))


def test_an_example_that_is_to_fail_and_passes_is_told(snippets: Snippets, tmp_path: Path) -> None:
    store = snippets(
        ontology=ONTOLOGY,
        concepts="",
        shapes="tsh:S a sh:NodeShape ; sh:targetClass ties:Light ; sh:property tsh:S-height . "
        "tsh:S-height sh:path ties:height ; sh:minCount 1 .",
    )
    (folder := tmp_path / "cases" / "S").mkdir(parents=True)
    light = f"@prefix ties: <{TIES}> . <urn:x:a> a ties:Light ; ties:height 3 ."
    for name in ("valid", "invalid-height"):
        (folder / f"{name}.ttl").write_text(light)
    with pytest.raises(CorpusError, match="lets its case pass") as told:
        add_commentary(store, folder=folder.parent)
    assert told.value.place == "S/invalid-height.ttl"


# ---- the pages

VOID = {"br", "hr", "img", "input", "link", "meta"}


class Page(HTMLParser):
    """What a test asks of a page: its anchors, its links, its words, and whether what is opened is closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.open: list[str] = []
        self.text = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        self.ids += [told["id"]] if "id" in told else []
        self.links += [told["href"]] if tag == "a" and "href" in told else []
        self.open += [tag] if tag not in VOID else []

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.fixture(scope="module")
def client(graph: Store) -> AppClient:
    return AppClient(create_app(graph, outline=open_outline()))


@pytest.fixture(scope="module")
def read(client: AppClient) -> Callable[[str], Page]:
    """A page, by its path."""

    def fetch(path: str) -> Page:
        response = client.get(path)
        assert response.status_code == 200, path
        assert response.headers["content-type"].startswith("text/html")
        return Page(response.text)

    return fetch


def test_every_shape_is_told_on_its_page(read: Callable[[str], Page], pages: dict[str, ShapePage]) -> None:
    for name, told in pages.items():
        page = read(f"/shapes/{name}.html")
        assert page.open == [], name
        assert len(page.ids) == len(set(page.ids)), name
        texts = [told.reason, *(clause.count.capitalize() for clause in told.needed)]
        texts += [told.example.passing, told.example.failing, *told.example.messages] if told.example else []
        texts += [message for clause in told.needed for message in clause.messages]
        squeezed = " ".join(page.text.split())
        assert [text for text in texts if " ".join(text.split()) not in squeezed] == [], name


def test_the_list_has_every_shape_at_its_name_by_file(read: Callable[[str], Page], pages: dict[str, ShapePage]) -> None:
    listed = read("/shapes.html")
    assert listed.open == []
    assert set(pages) - set(listed.ids) == set()
    assert {f"/shapes/{name}" for name in pages} - set(listed.links) == set()
    files = {f"in-{file.stem}" for file in (ROOT / "shapes").glob("*.ttl") if "NodeShape" in file.read_text()}
    assert {anchor for anchor in listed.ids if anchor.startswith("in-")} == files


def test_links_on_a_shape_s_page_are_answered(read: Callable[[str], Page], client: AppClient) -> None:
    for path in ("/shapes/TallyShape.html", "/shapes/FirstDefeated.html", "/shapes/ReportDate.html", "/shapes.html"):
        links = {link.partition("#")[0] for link in read(path).links if link.startswith("/")}
        own = sorted(link for link in links if link.startswith(("/shapes", "/docs", "/audit", "/check")))
        assert own
        assert [link for link in own if client.get(link).status_code not in (200, 303)] == []


def test_class_and_shape_lead_to_each_other(read: Callable[[str], Page]) -> None:
    assert "/shapes/TallyShape" in read("/docs/ontology").links
    shape = read("/shapes/TallyShape.html").links
    assert {"/docs/ontology#Tally", "/docs/ontology#value", "/docs/concepts/unit"} <= set(shape)


@pytest.mark.parametrize(
    ("accept", "target"), [("text/html", "html"), ("text/turtle", "ttl"), ("application/ld+json", "jsonld")]
)
def test_a_shape_sends_on_to_the_document_that_the_client_takes(client: AppClient, accept: str, target: str) -> None:
    response = client.get("/shapes/TallyShape", headers={"Accept": accept})
    assert response.status_code == 303
    assert response.headers["location"] == f"TallyShape.{target}"


def test_the_turtle_of_a_shape_says_what_its_page_says(client: AppClient, pages: dict[str, ShapePage]) -> None:
    told = Store()
    response = client.get("/shapes/TallyShape.ttl")
    told.add((quad.triple for quad in ox.parse(response.content, format=ox.RdfFormat.TURTLE)), graph=COMMENTARY)
    example = pages["TallyShape"].example
    assert example

    def texts(subject: ox.NamedNode, prop: ox.NamedNode) -> Iterator[str]:
        return (t.object.value for t in told.triples(subject, prop) if isinstance(t.object, ox.Literal))

    assert list(texts(TSH["TallyShape"], TIES["passingExample"])) == [example.passing]
    assert list(texts(TSH["TallyShape"], TIES["failingExample"])) == [example.failing]
    assert list(texts(TSH["TallyShape"], TIES["failureMessage"])) == list(example.messages)
    assert "every tally" in next(texts(TSH["TallyShape"], DCTERMS["description"]))
    assert next(texts(TSH["TallyShape-value"], SH["description"])) == "Value (ties:value): exactly one."
    assert any(told.triples(TSH["TallyShape-value"], RDF["type"]))


@pytest.mark.parametrize(
    ("path", "right"), [("/shapes/tallyshape", "TallyShape"), ("/shapes/TallyShape/", "../TallyShape")]
)
def test_a_shape_misspelt_is_sent_to_the_right_one(client: AppClient, path: str, right: str) -> None:
    response = client.get(path)
    assert response.status_code == 301
    assert response.headers["location"] == right


def test_a_shape_that_is_none_is_not_found(client: AppClient, shapes: ShapeReference) -> None:
    response = client.get("/shapes/TalyShape")
    assert response.status_code == 404
    assert "shapes/TallyShape" in response.text
    with pytest.raises(UnknownResource):
        shapes.page(TSH["TalyShape"])


def test_a_property_shape_has_a_page_too(read: Callable[[str], Page]) -> None:
    assert "exactly one" in read("/shapes/TallyShape-value.html").text


def test_what_a_shape_says_cannot_run(snippets: Snippets) -> None:
    evil = "<script>alert(1)</script>"
    words = f"rdfs:label '{evil}'@en ; rdfs:comment '{evil}'@en"
    store = snippets(
        ontology=f"ties:height rdfs:label '{evil}'@en .",
        shapes=f"tsh:S a sh:NodeShape ; {words} ; sh:targetClass ties:Light ; sh:property tsh:P ; sh:sparql tsh:Q . "
        f"tsh:P sh:path ties:height ; sh:message '{evil}'@en ; sh:pattern '{evil}' . "
        f"tsh:Q sh:message '{evil}'@en ; sh:select 'SELECT $this {{ $this ties:p \"{evil}\" }}' .",
        commentary=f"tsh:S ties:passingExample '{evil}' ; ties:failingExample '{evil}' ; "
        f"ties:failureMessage '{evil}' ; ties:failureLine 1 .",
    )
    client = AppClient(create_app(store))
    for path in ("/shapes/S.html", "/shapes.html"):
        text = client.get(path).text
        assert evil not in text
        assert evil in unescape(text)
