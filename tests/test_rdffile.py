"""Every statement of a file is told with its line, however the file is laid out."""

import gzip
from pathlib import Path

import pyoxigraph as ox
import pytest

from tiesgraph.errors import CorpusError
from tiesgraph.rdffile import Place, RdfFile, format_of, parse_rdf, read_rdf

EX = "http://e/"
TURTLE, TRIG, NT, XML, JSON = (
    ox.RdfFormat.TURTLE,
    ox.RdfFormat.TRIG,
    ox.RdfFormat.N_TRIPLES,
    ox.RdfFormat.RDF_XML,
    ox.RdfFormat.JSON_LD,
)


def parse(text: str, rdf: ox.RdfFormat = TURTLE) -> RdfFile:
    return parse_rdf(text.encode(), rdf, name="f")


def lines(text: str, rdf: ox.RdfFormat = TURTLE) -> list[int | None]:
    return [one.line for one in parse(text, rdf).statements]


@pytest.mark.parametrize(
    ("rdf", "text", "wanted"),
    [
        pytest.param(TURTLE, "<a:a> <a:p> 1 .\n\n<a:b> <a:p> 2 .", [1, 3], id="one a line"),
        pytest.param(
            TURTLE, "<a:a> <a:p> 1 . <a:b> <a:p> 2 .\n<a:c> <a:p> 3 .", [1, 1, 2], id="several subjects a line"
        ),
        pytest.param(TURTLE, "<a:a>\n  <a:p> 1 ,\n 2 ;\n\n # c\n <a:q>\n 3\n.", [2, 3, 7], id="lists of values"),
        pytest.param(TURTLE, "@prefix x: <a:> .\nx:a x:p x:b\n; x:q x:c\n.", [2, 3], id="signs at the beginning"),
        pytest.param(TURTLE, '<a:a> <a:p> """one\ntwo\nthree""" ;\n <a:q> "x" .', [1, 4], id="a text of several lines"),
        pytest.param(TURTLE, '<a:a> <a:p> "one\\ntwo" ;\n <a:q> "x" .', [1, 2], id="a text with line ends escaped"),
        pytest.param(TURTLE, "<a:a> <a:p> [\n <a:q> 1 ;\n <a:r> 2\n ] .", [2, 3, 4], id="a node without a name"),
        pytest.param(TURTLE, "# <a:a> <a:p> 0 .\n\n\n<a:a> <a:p> 1 .", [4], id="comments and empty lines"),
        pytest.param(TURTLE, "\r\n<a:a> <a:p> 1 .\r\n<a:a> <a:p> 2 .\r\n", [2, 3], id="line ends of Windows"),
        pytest.param(TURTLE, "\ufeff<a:a> <a:p> 1 .\n<a:a> <a:p> 2 .", [1, 2], id="a byte order mark"),
        pytest.param(TURTLE, "<a:a> <a:p> '" + "x" * 100_000 + "' .\n<a:a> <a:p> 2 .", [1, 2], id="a very long line"),
        pytest.param(TRIG, "<a:g> {\n<a:a> <a:p> 1 .\n}\n<a:a> <a:p> 2 .", [2, 4], id="named graphs"),
        pytest.param(NT, "<a:a> <a:p> <a:b> .\n\n<a:a> <a:p> <a:c> .", [1, 3], id="N-Triples"),
        pytest.param(
            XML,
            '<r:RDF xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:e="http://e/">\n'
            '<e:T r:about="a:a">\n<e:p>x\ny</e:p>\n<e:q r:resource="a:b"/>\n</e:T></r:RDF>',
            [2, 3, 5],
            id="RDF/XML",
        ),
        pytest.param(
            JSON,
            '{"@context": {"e": "http://e/"}, "@graph": ['
            '\n{"@id": "e:a",\n"e:p": 1},\n{"@id": "http://e/b",\n"e:p": 2}]}',
            [2, 4],
            id="JSON-LD by the node's name",
        ),
    ],
)
def test_a_statement_has_its_line(rdf: ox.RdfFormat, text: str, wanted: list[int]) -> None:
    assert lines(text, rdf) == wanted


LAYOUT = """@prefix ex: <http://e/> .

ex:a
    a ex:T ;
    ex:p 1 ,
         2 ;
    ex:q ex:b .
  ex:c ex:p 1 . <http://e/d>

  ex:p 3 .
[] ex:p ex:z .
"""


@pytest.mark.parametrize(
    ("node", "prop", "value", "wanted"),
    [
        ("a", "p", ox.Literal(2), [6]),
        ("a", "p", None, [5, 6]),
        ("a", "p", ox.Literal(9), [5, 6]),
        ("a", "missing", None, [3]),
        ("a", None, None, [3]),
        ("c", None, None, [8]),
        ("d", None, None, [8]),
        ("d", "p", ox.Literal(3), [10]),
        ("z", None, None, [11]),
        ("b", "p", None, [7]),
        ("nowhere", None, None, []),
    ],
)
def test_a_finding_is_placed_as_closely_as_the_file_tells(
    node: str, prop: str | None, value: ox.Literal | None, wanted: list[int]
) -> None:
    places = parse(LAYOUT).places(ox.NamedNode(EX + node), ox.NamedNode(EX + prop) if prop else None, value)
    assert places == [Place("f", line) for line in wanted]


def test_a_number_keeps_its_spelling_and_a_quad_its_graph() -> None:
    (one,) = parse("<a:g> { <a:a> <a:p> '01'^^<http://www.w3.org/2001/XMLSchema#byte> }", TRIG).statements
    assert str(one.triple.object) == '"01"^^<http://www.w3.org/2001/XMLSchema#byte>'
    assert one.graph == ox.NamedNode("a:g")


@pytest.mark.parametrize(
    ("rdf", "data", "words"),
    [
        (TURTLE, b"<a:a> <a:p> .", r"f:1:13: not well formed"),
        (TURTLE, b"<a:a> <a:p> 1 .\n<a:a> oops", r"f:2:.*\n.*The line reads: <a:a> oops"),
        (TURTLE, b"<a:a> <a:p> 1 .\n<a:a> <a:p> '\xe9' .", r"f:2: the text is not UTF-8"),
        (TURTLE, b"<a:a> <a:p> <<( <a:a> <a:p> 1 )>> .", r"f:1: a triple as a term"),
        (TURTLE, b"<a> <a:p> 1 .", "not well formed"),
        (JSON, b'{"@context": "http://127.0.0.1:9/c", "p": 1}', "nothing is fetched"),
        (JSON, b'{"@context": {"@import": "http://127.0.0.1:9/c"}, "p": 1}', "nothing is fetched"),
        (XML, b"<rdf", "not well formed"),
    ],
)
def test_what_is_not_well_formed_is_placed(rdf: ox.RdfFormat, data: bytes, words: str) -> None:
    with pytest.raises(CorpusError, match=words):
        parse_rdf(data, rdf, name="f")


def test_a_file_is_read_by_its_name_packed_or_not(tmp_path: Path) -> None:
    text = b"<a> <http://e/p> 1 ."
    (tmp_path / "a.TTL").write_bytes(text)
    (tmp_path / "a.ttl.gz").write_bytes(gzip.compress(text))
    for name in ("a.TTL", "a.ttl.gz"):
        (one,) = read_rdf(tmp_path / name).statements
        assert str(one.triple.subject) == f"<{tmp_path.as_uri()}/a>"
    assert [format_of(name) for name in ("a.xyz", "a", ".gz", "a.gz")] == [None] * 4


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [("a.xyz", b"", "file name ending"), ("a.ttl.gz", b"no gzip", "cannot be read"), ("b.ttl", None, "cannot be read")],
)
def test_a_file_that_cannot_be_read_is_told(tmp_path: Path, name: str, content: bytes | None, words: str) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(CorpusError, match=words):
        read_rdf(tmp_path / name)
