"""A store of a few lines for tests: SPARQL queries get what the test says, graphs are kept, and all is written down."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit

__all__ = ["JSON", "FakeStore", "Request", "fake_store", "rows"]

JSON = "application/sparql-results+json"


@dataclass(slots=True)
class Request:
    """What came, and the way to answer it.

    Attributes:
        method: of HTTP.
        graph: the graph that the query of the URL names, "" for the default graph; None where it names none.
        form: the form that was posted, names and values.
        headers: of the request.
        body: of the request.
        handler: for answers of another kind than `send` gives.
    """

    method: str
    graph: str | None
    form: list[tuple[str, str]]
    headers: dict[str, str]
    body: bytes
    handler: BaseHTTPRequestHandler = field(repr=False)

    @property
    def query(self) -> str:
        """The text of the query."""
        return dict(self.form).get("query", "")

    def send(self, status: int = 200, body: bytes | str = b"", content_type: str = JSON, **headers: str) -> None:
        """Answer."""
        content = body.encode() if isinstance(body, str) else body
        self.handler.send_response_only(status)
        self.handler.send_header("Content-Type", content_type)
        self.handler.send_header("Content-Length", str(len(content)))
        for name, value in headers.items():
            self.handler.send_header(name.replace("_", "-"), value)
        self.handler.end_headers()
        self.handler.wfile.write(content)


Answer = Callable[[Request], None]


def rows(*found: dict[str, str], names: str = "n") -> str:
    """A SELECT answer in JSON: texts in each row by variable."""
    bindings = ",".join(
        "{" + ",".join(f'"{k}":{{"type":"literal","value":"{v}"}}' for k, v in row.items()) + "}" for row in found
    )
    variables = ",".join(f'"{name}"' for name in names.split())
    return f'{{"head":{{"vars":[{variables}]}},"results":{{"bindings":[{bindings}]}}}}'


class FakeStore(ThreadingHTTPServer):
    """The server.

    Attributes:
        asked: all requests, in order.
        graphs: what was put where, in order.
        answer: what queries get.
        trouble: called before a request of the Graph Store Protocol is done; True where it has answered itself.
    """

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.asked: list[Request] = []
        self.graphs: dict[str, list[bytes]] = {}
        self.answer: Answer = lambda request: request.send(body=rows())
        self.trouble: Callable[[Request], bool] = lambda _request: False

    @property
    def url(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self.server_address[1]}"

    @property
    def queries(self) -> list[Request]:
        """The requests that asked a query, without those that look what is in the store."""
        return [one for one in self.asked if one.query and "graph/pushed>" not in one.query]

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that goes away is what some tests are about."""


class _Handler(BaseHTTPRequestHandler):
    server: FakeStore
    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - so it is called there
        """Nothing is logged."""

    def _do(self) -> None:
        parameters = dict(parse_qsl(urlsplit(self.path).query, keep_blank_values=True))
        graph = parameters.get("graph", "" if "default" in parameters else None)
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        headers = {name.lower(): value for name, value in self.headers.items()}
        posted = headers.get("content-type") == "application/x-www-form-urlencoded"
        form = parse_qsl(body.decode(), keep_blank_values=True) if posted else []
        request = Request(self.command, graph, form, headers, body, self)
        self.server.asked.append(request)
        if graph is None:
            self.server.answer(request)
        elif not self.server.trouble(request):
            self._keep(request, graph)

    def _keep(self, request: Request, graph: str) -> None:
        kept = self.server.graphs
        match request.method:
            case "GET" if graph in kept:
                request.send(body=b"".join(kept[graph]), content_type="application/n-triples")
            case "GET" | "DELETE" if graph not in kept:
                request.send(404, "no such graph", "text/plain")
            case "DELETE":
                del kept[graph]
                request.send(204)
            case "PUT":
                kept[graph] = [request.body]
                request.send(201)
            case "POST":
                kept.setdefault(graph, []).append(request.body)
                request.send(204)

    do_GET = do_PUT = do_POST = do_DELETE = _do  # noqa: N815 - so they are called there


@contextmanager
def fake_store() -> Iterator[FakeStore]:
    """The server, while it is wanted."""
    with FakeStore() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
