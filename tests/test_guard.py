"""What never reaches the engine: calls, updates, and texts that would crash it."""

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tiesgraph.errors import FederationRefused, QueryRefused, QueryTooLarge, TiesgraphError
from tiesgraph.guard import Limits, refuse_unsafe, refuse_update

PASSES = {
    "a plain query": "SELECT * WHERE { ?s ?p ?o }",
    "SERVICE in a string": 'SELECT * { ?s ?p "SERVICE <http://x/> {}" }',
    "SERVICE in a long string with quotes": 'SELECT * { ?s ?p """a "SERVICE" b""" }',
    "SERVICE in a comment": "SELECT * { ?s ?p ?o } # SERVICE <http://x/>",
    "SERVICE in an IRI": "SELECT * { ?s <http://x/SERVICE> ?o }",
    "SERVICE in a prefixed name": "PREFIX a: <http://x/> SELECT * { ?s a:SERVICE ?o }",
    "SERVICE as a prefix": "PREFIX service: <http://x/> SELECT * { ?s service:a ?o }",
    "SERVICE as a variable": "SELECT ?service $SERVICE { ?service ?p $SERVICE }",
    "SERVICE as a blank node": "SELECT * { _:SERVICE ?p ?o }",
    "SERVICE as a language": 'SELECT * { ?s ?p "a"@service }',
    "an escaped quote in a local name": "PREFIX a: <http://x/> SELECT * { ?s a:rock\\'n\\'roll ?o }",
    "braces in a string": f'SELECT ("{"{" * 500}" AS ?x) {{}}',
    "a long list of constants": f"SELECT * {{ VALUES ?x {{ {' '.join(map(str, range(5000)))} }} }}",
    "a long list of typed constants": "SELECT * { VALUES ?x { " + '"1"^^<http://x/d> ' * 3000 + "} }",
    "SERVICE in an IRI with a fragment": "SELECT * { ?s <http://x/service#p> ?o }",
    "a class called Service": "PREFIX sd: <http://x/> SELECT * { ?s a sd:Service { ?s ?p ?o } }",
    "an ambiguous IRI in a harmless query": "SELECT * { ?s <#p> <urn:o'brien> FILTER(?s != <#q>) }",
    "insert as a name": "PREFIX insert: <http://x/> SELECT * { ?s insert:a ?o }",
}


@pytest.mark.parametrize("text", PASSES.values(), ids=PASSES)
def test_harmless_queries_pass(text: str) -> None:
    refuse_unsafe(text)


CALLS_OUT = {
    "plainly": "SELECT * { SERVICE <http://x/> { ?s ?p ?o } }",
    "silently, in lower case": "SELECT * { service silent <http://x/> { ?s ?p ?o } }",
    "without spaces": "SELECT*{?s?p?o.SERVICE<http://x/>{?s?p?o}}",
    "by a variable": "SELECT * { VALUES ?e { <http://x/> } SERVICE ?e { ?s ?p ?o } }",
    "behind a comparison that looks like an IRI": "SELECT * { ?s ?p ?o FILTER(?s<?o)SERVICE<http://x/>{?a ?b ?c} }",
    "behind a comment with a quote": "SELECT * { # it's\n SERVICE <http://x/> { ?s ?p ?o } }",
    "behind an escaped quote": 'SELECT * { ?s ?p "a\\"" SERVICE <http://x/> { ?s ?p ?o } }',
    "behind a local name with an escaped quote": "PREFIX a: <a:> SELECT * { ?s a:b\\' ?o SERVICE a:c\\' { ?s ?p ?o } }",
    "glued to a prefixed name": "PREFIX ex: <http://x/> SELECT * { SERVICEex:s { ?s ?p ?o } }",
    "glued to a name without prefix": "PREFIX : <http://x/> SELECT * { SERVICE:s { ?s ?p ?o } }",
    "glued to a declared prefix": "PREFIX ex: <a:> PREFIX SERVICEex: <b:> SELECT * { SERVICEex:s #c\n { ?s ?p ?o } }",
    "glued to its own SILENT": "SELECT * { SERVICESILENT<http://x/> { ?s ?p ?o } }",
    "glued to the word before": "SELECT * { ?s ?p trueSERVICE<http://x/> { ?s ?p ?o } }",
    "glued to a number": "PREFIX ex: <http://x/> SELECT * { ?s ?p 1.SERVICEex:s { ?s ?p ?o } }",
    "behind a comparison with a string": "SELECT * { FILTER(1<'>'||1) SERVICE <http://x/> {} FILTER('a'='') }",
    "behind a comparison and a comment": "SELECT * { ?s ?p ?o FILTER(?s<?o#>'''\n) SERVICE <http://x/> {} #'''\n }",
    "behind a comparison with a name": "PREFIX u: <u:> ASK { ?s ?p ?o FILTER(?s<u:x#>'''\n) SERVICE <a:a> {} #'''\n }",
    "in a filter": "ASK { FILTER EXISTS { SERVICE <http://x/> { ?s ?p ?o } } }",
}


@pytest.mark.parametrize("text", CALLS_OUT.values(), ids=CALLS_OUT)
def test_no_other_endpoint_is_called(text: str) -> None:
    with pytest.raises(FederationRefused, match="SERVICE") as caught:
        refuse_unsafe(text)
    assert caught.value.place is not None


TOO_LARGE = {
    "nested groups": "SELECT * " + "{" * 5000 + "}" * 5000,
    "nested groups that are never closed": "SELECT * " + "{" * 5000,
    "nested brackets": "SELECT * { FILTER(" + "(" * 5000 + "1" + ")" * 5000 + ") }",
    "nested calls": "SELECT * { FILTER(" + "STR(" * 1000 + "1" + ")" * 1000 + ") }",
    "nested blank nodes": "SELECT * { ?s ?p " + "[ <a:a> " * 1000 + "1" + "]" * 1000 + " }",
    "a chain of negations": "SELECT * { FILTER(" + "!" * 10_000 + "1) }",
    "a chain of alternatives": "SELECT * { FILTER(" + "1||" * 10_000 + "1) }",
    "a chain of sums": "SELECT * { FILTER(" + "1+" * 10_000 + "1) }",
    "a chain of filters": "SELECT * { " + "FILTER(1) " * 10_000 + "}",
    "a chain of unions": "SELECT * { " + "{} UNION " * 10_000 + "{} }",
    "a chain of groups": "SELECT * { " + "{} " * 10_000 + "}",
    "a chain of glued filters": "PREFIX x: <x:> SELECT * { " + "FILTERx:f(1) " * 10_000 + "}",
    "nested groups in what may be a string": "ASK { FILTER(1<'>'||1) " + "{" * 5000 + "}" * 5000 + "FILTER('a'='') }",
    "a chain in what may be a string": "ASK { FILTER(1<'>'||" + "1||" * 10_000 + "'a'='') }",
    "nested groups with closings in comments": "ASK { FILTER(1<'>'||1) " + "{ #}\n" * 5000 + "}" * 5000 + " }",
    "a long path": "SELECT * { ?s " + "<a:a>/" * 10_000 + "<a:a> ?o }",
    "ten megabytes": "SELECT * {} #" + "x" * 10_000_000,
}


@pytest.mark.parametrize("text", TOO_LARGE.values(), ids=TOO_LARGE)
def test_what_would_crash_the_engine_never_reaches_it(text: str) -> None:
    with pytest.raises(QueryTooLarge):
        refuse_unsafe(text)


def test_limits_can_be_set() -> None:
    refuse_unsafe("SELECT * { { { } } }", limits=Limits(depth=3))
    with pytest.raises(QueryTooLarge, match="2 levels of nesting"):
        refuse_unsafe("SELECT * { { { } } }", limits=Limits(depth=2))


@pytest.mark.parametrize(
    "text",
    ["INSERT DATA { <a:a> <a:b> 1 }", "PREFIX a: <a:> DELETE WHERE { ?s ?p ?o }", "clear all", "LOAD <file:///x>"],
)
def test_updates_are_refused(text: str) -> None:
    with pytest.raises(QueryRefused, match="read only"):
        refuse_update(text)


# No engine connects to this port, which makes every try to call an error.
CALL = "SERVICE<http://127.0.0.1:1/>{?x?y?z}"
PIECES = [
    *(CALL, "SERVICEe:s{?x?y?z}", "SERVICE:s{}", "SERVICE ?e{}", "service", "e:SERVICE", "SERVICE"),
    *(
        "{",
        "}",
        "(",
        ")",
        "<",
        ">",
        "'",
        '"',
        "'''",
        '"""',
        "#",
        "\n",
        "\r",
        " ",
        ".",
        ";",
        ",",
        "\\",
        "@en",
        "^^",
        "|",
        "&&",
    ),
    *(
        "?s ?p ?o",
        "?o",
        "1",
        "1.",
        "true",
        "a",
        "e:p",
        "e:p\\'",
        ":x",
        "_:b",
        "<e:x>",
        "<#x>",
        "<e:o'b>",
        "<?o#>",
        "<u:x#>",
    ),
    *(
        "FILTER(1<'>'||1)",
        "FILTER(?s<?o#>\n)",
        "FILTER(",
        "OPTIONAL{",
        "UNION",
        "VALUES ?v{",
        "BIND(1 AS ?w)",
        "'x'",
        "||1",
        "='')",
    ),
]


@settings(max_examples=400, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=9), st.integers(0, 9))
def test_whatever_passes_calls_nobody(pieces: list[str], at: int) -> None:
    pieces.insert(at, CALL)
    text = "PREFIX e:<http://127.0.0.1:1/>PREFIX :<http://127.0.0.1:1/>SELECT*{?s?p?o." + "".join(pieces) + "}"
    try:
        refuse_unsafe(text)
    except TiesgraphError:
        return
    store = ox.Store()
    store.add(ox.Quad(ox.NamedNode("http://a/"), ox.NamedNode("http://b/"), ox.Literal("c")))
    try:
        answer = store.query(text)
        assert isinstance(answer, ox.QuerySolutions)
        list(answer)
    except (SyntaxError, RuntimeError):
        pass  # An OSError would be the call.
