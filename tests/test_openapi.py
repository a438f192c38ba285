"""The OpenAPI description tells all there is: every route, what it takes, what it gives in which formats."""

from typing import Any

import pytest

from tiesgraph.store import Store
from tiesgraph.web import create_app

DESCRIPTION: dict[str, Any] = create_app(Store()).openapi()
OPERATIONS = {
    f"{method.upper()} {path}": operation
    for path, methods in DESCRIPTION["paths"].items()
    for method, operation in methods.items()
}


HIDDEN = {"/{path:path}", "/about/{path:path}"}
"""What takes any path at all; the families of paths that resources have stand in the description instead."""


def test_every_route_stands_in_it() -> None:
    paths = {path for route in create_app(Store()).routes if (path := getattr(route, "path", None))} - HIDDEN
    assert {path.replace(":path}", "}") for path in paths} == set(DESCRIPTION["paths"])
    assert set(DESCRIPTION["paths"]["/sparql"]) == {"get", "post"}


def test_every_operation_has_a_name_of_its_own() -> None:
    names = [operation["operationId"] for operation in OPERATIONS.values()]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("name", OPERATIONS)
def test_an_operation_tells_what_it_takes_and_gives(name: str) -> None:
    operation = OPERATIONS[name]
    assert operation["summary"]
    assert operation["summary"][0].isupper()
    assert not operation["summary"].endswith(".")
    answers = {code: answer for code, answer in operation["responses"].items() if code[0] in "23"}
    assert answers
    for code, answer in answers.items():
        assert answer["description"]
        assert answer.get("content") or code[0] == "3", f"{code} names no media type"
    assert "application/problem+json" in operation["responses"]["default"]["content"]
    assert "422" not in operation["responses"], "a parameter of the wrong type is answered with 400"
    for parameter in operation.get("parameters", []):
        assert parameter["in"] == "path" or parameter["description"]
    if name.startswith("POST"):
        assert operation["requestBody"]["content"]
