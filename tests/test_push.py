"""`tiesgraph push`: what is sent, what is not sent again, and what happens where a store fails."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest
from click.testing import CliRunner, Result

from fake_store import FakeStore, Request, fake_store
from tiesgraph.cli import main
from tiesgraph.errors import MisuseError, Overloaded, StoreFailed, StoreRefused, StoreUnreachable
from tiesgraph.names import graph_iri
from tiesgraph.remote.address import PASSWORD, USER, Address, Login
from tiesgraph.remote.graphstore import Service
from tiesgraph.remote.mark import DEFAULT, PUSHED, Note, Notes
from tiesgraph.remote.pieces import parcels, whole_identity
from tiesgraph.remote.upload import Uploaded, upload
from tiesgraph.store import Store

P = ox.NamedNode("http://example.org/p")
MARK = PUSHED.value
A, B = graph_iri("a").value, graph_iri("b").value
ALL = "http://example.org/all"


@pytest.fixture
def elsewhere() -> Iterator[FakeStore]:
    with fake_store() as store:
        yield store


def graph(**sizes: int) -> Store:
    """A store with so many triples in each graph; those of the same number are the same."""
    store = Store()
    for name, size in sizes.items():
        things = (ox.NamedNode(f"http://example.org/{number:04}") for number in range(size))
        store.add([ox.Triple(thing, P, ox.Literal("x")) for thing in things], graph=graph_iri(name))
    return store


def push(
    elsewhere: FakeStore,
    store: Store,
    *,
    piece: int = 10_000,
    login: Login | None = None,
    default: str | None = None,
    replace: bool = False,
) -> Uploaded:
    waits: list[float] = []
    service = Service(Address(url=elsewhere.url, login=login), pause=waits.append)
    try:
        return upload(service, parcels(store), piece=piece, default_graph=default, replace=replace)
    finally:
        service.close()


def sent(elsewhere: FakeStore) -> list[tuple[str, str | None]]:
    """What changed graphs, without the mark."""
    return [(one.method, one.graph) for one in elsewhere.asked if one.method != "GET" and one.graph != MARK]


def held(elsewhere: FakeStore) -> dict[str, int]:
    return {name: b"".join(pieces).count(b"\n") for name, pieces in elsewhere.graphs.items() if name != MARK}


def mark(elsewhere: FakeStore) -> Notes:
    quads = ox.parse(b"".join(elsewhere.graphs[MARK]), format=ox.RdfFormat.N_TRIPLES)
    return Notes.read(quad.triple for quad in quads)


def test_each_graph_is_put_and_the_default_graph_has_each_triple_once(elsewhere: FakeStore) -> None:
    store = graph(a=3, b=5)
    came = push(elsewhere, store)
    assert sent(elsewhere) == [("PUT", A), ("PUT", B), ("PUT", "")]
    assert held(elsewhere) == {A: 3, B: 5, "": 5}
    assert (came.sent, came.there) == (3, 0)
    whole = mark(elsewhere).whole
    assert whole is not None
    assert (whole.identity, whole.triples) == (whole_identity(store), 5)


def test_a_named_graph_may_stand_for_the_default_graph(elsewhere: FakeStore) -> None:
    push(elsewhere, graph(a=3, b=5), default=ALL)
    assert held(elsewhere) == {A: 3, B: 5, ALL: 5}


def test_what_is_there_is_not_sent_again(elsewhere: FakeStore) -> None:
    push(elsewhere, graph(a=3))
    before = len(elsewhere.asked)
    assert push(elsewhere, graph(a=3)).there == 2
    assert [one.method for one in elsewhere.asked[before:]] == ["GET"]


def test_only_what_changed_is_sent_and_what_is_gone_is_removed(elsewhere: FakeStore) -> None:
    push(elsewhere, graph(a=3, b=5, c=2))
    elsewhere.graphs["http://example.org/theirs"] = [b""]
    elsewhere.asked.clear()
    with pytest.raises(MisuseError, match="1 graphs of an earlier push"):
        push(elsewhere, graph(a=3, b=6))
    assert sent(elsewhere) == []
    came = push(elsewhere, graph(a=3, b=6), replace=True)
    assert sent(elsewhere) == [("DELETE", graph_iri("c").value), ("PUT", B), ("PUT", "")]
    assert (came.sent, came.there, came.removed) == (2, 1, 1)
    assert "http://example.org/theirs" in elsewhere.graphs


def test_a_default_graph_of_others_is_not_replaced_unasked(elsewhere: FakeStore) -> None:
    elsewhere.graphs[""] = [b"<http://example.org/a> <http://example.org/p> <http://example.org/b> .\n"]
    with pytest.raises(MisuseError, match="default graph that no push has put there"):
        push(elsewhere, graph(a=3))
    assert sent(elsewhere) == []
    push(elsewhere, graph(a=3), default=ALL)
    assert held(elsewhere) == {A: 3, ALL: 3, "": 1}
    push(elsewhere, graph(a=3), replace=True)
    assert held(elsewhere) == {A: 3, "": 3}


def test_a_large_graph_goes_in_pieces(elsewhere: FakeStore) -> None:
    push(elsewhere, graph(a=100), piece=1_000)
    methods = [method for method, name in sent(elsewhere) if name == A]
    assert methods == ["PUT", *["POST"] * (len(methods) - 1)]
    assert len(methods) > 4
    assert held(elsewhere) == {A: 100, "": 100}
    assert max(len(one.body) for one in elsewhere.asked if one.graph == A) <= 1_000


def test_blank_nodes_stay_in_one_piece() -> None:
    store = graph(a=50)
    knots = [ox.Triple(ox.BlankNode(f"b{n}"), P, ox.BlankNode(f"b{n + 1}")) for n in range(30)]
    store.add(knots, graph=graph_iri("a"))
    first, *others = next(one for one in parcels(store) if one.graph == A).pieces(500)
    assert (first.count(b"_:"), b"".join(others).count(b"_:")) == (60, 0)


def test_equal_graphs_have_equal_identities_whatever_their_blank_nodes_are_called() -> None:
    one, two = Store(), Store()
    for store, name in ((one, "x"), (two, "y")):
        store.add([ox.Triple(ox.BlankNode(name), P, ox.Literal("1"))], graph=graph_iri("a"))
    assert whole_identity(one) == whole_identity(two)
    assert whole_identity(one) != whole_identity(graph(a=1))


# ---- failures


class Failing:
    """Fails the requests that `which` numbers, of those that change a graph other than the mark."""

    def __init__(self, status: int, *which: int) -> None:
        self.status, self.which, self.number = status, which, 0

    def __call__(self, request: Request) -> bool:
        if request.method == "GET" or request.graph == MARK:
            return False
        self.number += 1
        if self.number not in self.which:
            return False
        request.send(self.status, "it failed", "text/plain")
        return True


@pytest.mark.parametrize("status", [500, 502, 503, 429])
def test_a_failure_that_may_pass_is_tried_again(elsewhere: FakeStore, status: int) -> None:
    elsewhere.trouble = Failing(status, 1, 2, 4)
    assert push(elsewhere, graph(a=3)).retried == 3
    assert held(elsewhere) == {A: 3, "": 3}


def test_one_that_does_not_pass_ends_it_and_the_next_time_goes_on_there(elsewhere: FakeStore) -> None:
    elsewhere.trouble = Failing(500, *range(4, 100))
    with pytest.raises(StoreFailed):
        push(elsewhere, graph(a=100), piece=1_000)
    notes = mark(elsewhere)
    assert notes.whole is None
    assert notes.graphs[A].sent == 3
    elsewhere.trouble = lambda _request: False
    elsewhere.asked.clear()
    push(elsewhere, graph(a=100), piece=1_000)
    assert sent(elsewhere)[0] == ("POST", A)
    assert held(elsewhere) == {A: 100, "": 100}


def test_a_graph_that_was_begun_with_other_pieces_is_begun_anew(elsewhere: FakeStore) -> None:
    elsewhere.trouble = Failing(500, *range(4, 100))
    with pytest.raises(StoreFailed):
        push(elsewhere, graph(a=100), piece=1_000)
    elsewhere.trouble = lambda _request: False
    elsewhere.asked.clear()
    push(elsewhere, graph(a=100), piece=2_000)
    assert sent(elsewhere)[0] == ("PUT", A)
    assert held(elsewhere) == {A: 100, "": 100}


def test_the_mark_of_the_whole_is_gone_before_anything_changes(elsewhere: FakeStore) -> None:
    push(elsewhere, graph(a=3))
    seen = []

    def look(request: Request) -> bool:
        if request.method != "GET" and request.graph != MARK:
            seen.append(mark(elsewhere).whole)
        return False

    elsewhere.trouble = look
    push(elsewhere, graph(a=4))
    assert seen == [None, None]
    assert mark(elsewhere).whole is not None


REFUSED = {401: USER, 403: PASSWORD, 404: "/query at the Oxigraph server", 405: "Look at the path", 413: "--piece"}


@pytest.mark.parametrize("status", REFUSED)
def test_a_refusal_is_not_tried_again_and_says_what_to_do(elsewhere: FakeStore, status: int) -> None:
    elsewhere.trouble = Failing(status, 1)
    with pytest.raises(StoreRefused) as caught:
        push(elsewhere, graph(a=3))
    assert f"({status} " in caught.value.message
    assert "it failed" in caught.value.message
    assert REFUSED[status] in (caught.value.mend or "")
    assert elsewhere.url in caught.value.message


def test_a_store_that_takes_no_n_triples_gets_turtle(elsewhere: FakeStore) -> None:
    def picky(request: Request) -> bool:
        if request.headers.get("content-type") == "application/n-triples":
            request.send(415, "no", "text/plain")
            return True
        return False

    elsewhere.trouble = picky
    push(elsewhere, graph(a=3))
    assert held(elsewhere) == {A: 3, "": 3}


def test_what_cannot_be_reached_at_all_is_told_at_once() -> None:
    with fake_store() as gone:
        pass
    with pytest.raises(StoreUnreachable):
        push(gone, graph(a=1))


def test_a_web_page_is_no_graph_store(elsewhere: FakeStore) -> None:
    def page(request: Request) -> bool:
        request.send(200, "<h1>Welcome</h1>", "text/html")
        return True

    elsewhere.trouble = page
    with pytest.raises(StoreFailed, match="text/html where RDF was asked for: Welcome"):
        push(elsewhere, graph(a=1))


def test_a_busy_store_says_when_to_come_back(elsewhere: FakeStore) -> None:
    def busy(request: Request) -> bool:
        request.send(503, "", "text/plain", Retry_After="9")
        return True

    elsewhere.trouble = busy
    with pytest.raises(Overloaded) as caught:
        push(elsewhere, graph(a=1))
    assert caught.value.retry_after == 9


# ---- who we are


CHALLENGES = {
    "Basic": 'Basic realm="x"',
    "Digest": 'Digest realm="x", nonce="abc", qop="auth", algorithm=MD5',
}


@pytest.mark.parametrize("scheme", CHALLENGES)
def test_a_password_goes_by_the_scheme_that_the_store_asks_for_and_shows_nowhere(
    elsewhere: FakeStore, scheme: str
) -> None:
    def guard(request: Request) -> bool:
        if request.headers.get("authorization", "").startswith(scheme):
            return False
        request.send(401, "who?", "text/plain", WWW_Authenticate=CHALLENGES[scheme])
        return True

    elsewhere.trouble = guard
    login = Login("user", "secret")
    push(elsewhere, graph(a=3), login=login)
    assert held(elsewhere) == {A: 3, "": 3}
    assert "authorization" not in elsewhere.asked[0].headers
    assert "secret" not in repr(Address(url=elsewhere.url, login=login))


def test_a_wrong_password_is_told(elsewhere: FakeStore) -> None:
    def guard(request: Request) -> bool:
        request.send(401, "no", "text/plain", WWW_Authenticate=CHALLENGES["Digest"])
        return True

    elsewhere.trouble = guard
    with pytest.raises(StoreRefused, match="401"):
        push(elsewhere, graph(a=3), login=Login("user", "wrong"))


@pytest.mark.parametrize(
    ("environment", "user", "login"),
    [
        ({}, None, None),
        ({USER: "a", PASSWORD: "b"}, None, Login("a", "b")),
        ({PASSWORD: "b"}, "c", Login("c", "b")),
        ({PASSWORD: "b"}, None, None),
        ({"NETRC": "netrc"}, None, Login("n", "p")),
        ({"NETRC": "netrc"}, "n", Login("n", "p")),
        ({"NETRC": "nowhere"}, None, None),
    ],
)
def test_who_we_are_comes_from_the_environment_or_a_netrc_file(
    tmp_path: Path, environment: dict[str, str], user: str | None, login: Login | None
) -> None:
    (tmp_path / "netrc").write_text("machine example.org login n password p\n")
    given = {name: str(tmp_path / value) if name == "NETRC" else value for name, value in environment.items()}
    assert Address.parse("http://example.org/sparql", environment=given, user=user).login == login


@pytest.mark.parametrize(
    ("url", "environment", "user"),
    [
        ("example.org", {}, None),
        ("ftp://example.org/", {}, None),
        ("http://", {}, None),
        ("http://a:b@example.org/", {}, None),
        ("http://example.org:port/", {}, None),
        ("http://example.org/", {}, "a"),
    ],
)
def test_an_address_that_is_none_or_without_its_password_is_refused(
    url: str, environment: dict[str, str], user: str | None
) -> None:
    with pytest.raises(MisuseError) as caught:
        Address.parse(url, environment=environment, user=user)
    assert ":b@" not in str(caught.value)


def test_a_note_is_read_as_it_was_written() -> None:
    digest = "0123456789abcdef" * 4
    for note in (Note(digest), Note(digest, 3, 1000)):
        assert Note.parse(str(note)) == note
    assert Note.parse("something else") is None
    assert f"{MARK}#default" == DEFAULT


# ---- the command


@pytest.fixture
def file(tmp_path: Path) -> Path:
    made = tmp_path / "mine.nq"
    made.write_text(
        "<http://example.org/a> <http://example.org/p> <http://example.org/b> <http://example.org/g> .\n"
        "<http://example.org/a> <http://example.org/p> <http://example.org/c> .\n"
    )
    return made


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, ["push", *map(str, arguments)])


def test_the_command_sends_files_as_they_are_and_tells(elsewhere: FakeStore, file: Path) -> None:
    done = run(elsewhere.url, "--data", file)
    assert done.exit_code == 0
    assert held(elsewhere) == {"http://example.org/g": 1, "": 1}
    assert "2 graphs sent (0.0 MiB), 0 there already" in done.stderr
    assert "100 %" in done.stderr
    assert "0 graphs sent (0.0 MiB), 2 there already" in run(elsewhere.url, "--data", file).stderr


def test_the_command_ends_with_the_error(elsewhere: FakeStore, file: Path) -> None:
    elsewhere.trouble = Failing(404, 1)
    done = run(elsewhere.url, "--data", file)
    assert (done.exit_code, "404 Not Found" in done.stderr, "Look at the path" in done.stderr) == (2, True, True)
    assert run("nowhere").exit_code == 2
