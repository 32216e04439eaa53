"""Errors: an outcome is called by its id on the command line, and by its label on a page."""

from __future__ import annotations

import pytest

from analytics.errors import BadProtocol, CannotEstimate

LABELS = {"cpp_rate": "Children on a plan"}


@pytest.mark.parametrize("kind", [CannotEstimate, BadProtocol])
@pytest.mark.parametrize(
    ("outcome", "plainly", "told"),
    [
        pytest.param("cpp_rate", "cpp_rate: no figure.", "Children on a plan: no figure.", id="about an outcome"),
        pytest.param("", "no figure.", "no figure.", id="about none"),
        pytest.param("cla_rate", "cla_rate: no figure.", "cla_rate: no figure.", id="an outcome without a label"),
    ],
)
def test_an_error_about_an_outcome_names_it_first(kind, outcome, plainly, told):
    error = kind("no figure.", outcome)
    assert (str(error), error.told(LABELS), error.reason) == (plainly, told, "no figure.")
