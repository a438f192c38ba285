"""Requests made up from the OpenAPI description find no failure of ours, and no answer that it does not tell of."""

from typing import Any

import schemathesis
from hypothesis import settings
from schemathesis.specs.openapi.checks import positive_data_acceptance

from test_protocol import make_store
from tiesgraph.web import create_app

schemathesis.serializer.alias(
    ["application/sparql-query", "application/n-quads", "application/n-triples", "application/trig", "text/turtle"],
    "text/plain",
)
schemathesis.serializer.alias(["application/rdf+xml", "application/ld+json"], "text/plain")


schema = schemathesis.openapi.from_asgi("/openapi.json", create_app(make_store()))


@schema.parametrize()
@settings(max_examples=3, deadline=None, derandomize=True, database=None)
def test_no_request_fails_us(case: schemathesis.Case[Any]) -> None:
    # That a string is a query or a question's name is nothing a schema can say.
    case.call_and_validate(excluded_checks=[positive_data_acceptance])
