"""Errors say what, where and what to do, and own their exit code and status."""

import pytest

from tiesgraph import errors
from tiesgraph.errors import InconsistencyError, QuerySyntaxError, TiesgraphError

ALL = [getattr(errors, name) for name in errors.__all__]


@pytest.mark.parametrize("kind", ALL)
def test_every_error_is_one_of_ours_and_owns_its_codes(kind: type[TiesgraphError]) -> None:
    assert issubclass(kind, TiesgraphError)
    assert kind.exit_code in (1, 2)
    assert 400 <= kind.http_status < 600


@pytest.mark.parametrize("kind", ALL)
def test_the_tree_is_drawn_in_the_docstring(kind: type[TiesgraphError]) -> None:
    assert kind.__name__ in str(errors.__doc__)


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (TiesgraphError("it broke"), "it broke"),
        (TiesgraphError("it broke", place="x.ttl:1"), "x.ttl:1: it broke"),
        (TiesgraphError("it broke", place="x.ttl:1", mend="Mend it."), "x.ttl:1: it broke\nMend it."),
        (InconsistencyError("they clash", statements=["- a", "- b"]), "they clash\n- a\n- b"),
        (QuerySyntaxError("odd", line=2, column=7, token="}"), "line 2, column 7: odd"),
        (QuerySyntaxError("odd"), "odd"),
    ],
)
def test_an_error_reads_as_place_message_mend(error: TiesgraphError, text: str) -> None:
    assert str(error) == text
