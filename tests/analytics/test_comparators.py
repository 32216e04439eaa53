"""Who the register keeps from being compared: those recorded with a model, and with a model that contains it."""

from __future__ import annotations

import dataclasses

import pandas as pd
import pytest

from analytics.catalogue import read_catalogue
from analytics.comparators import recorded_users


@pytest.fixture(scope="module")
def register() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Adoptions and practice models of the project's own register, in the columns of the warehouse."""
    catalogue = read_catalogue()
    names = {model.model: model.name for model in catalogue.models}
    adoptions = pd.DataFrame([dataclasses.asdict(row) for row in catalogue.adoptions])
    models = pd.DataFrame([(m.model, " ".join(m.contains)) for m in catalogue.models], columns=["model", "contains"])
    return adoptions.assign(model_name=adoptions.model.map(names)), models


@pytest.mark.parametrize(
    ("model", "area_code", "reason"),
    [
        pytest.param("SOS", "E09000033", "Focus on Practice", id="Westminster's framework holds Signs of Safety"),
        pytest.param("SOS", "E09000020", "Focus on Practice", id="and Kensington and Chelsea's"),
        pytest.param("SOS", "E09000013", "Focus on Practice", id="and Hammersmith and Fulham's"),
        pytest.param("SOS", "E08000032", "Bradford B Positive Pathways", id="and Bradford's hub"),
        pytest.param("NWD", "E08000032", "Bradford B Positive Pathways", id="which is a No Wrong Door as well"),
        pytest.param("SOS", "E06000039", "Signs of Safety", id="Slough is recorded with it, undated"),
        pytest.param("FSM", "E08000032", "", id="another model that neither holds"),
    ],
)
def test_a_model_that_contains_it_keeps_its_users_from_being_compared(register, model, area_code, reason):
    reasons = recorded_users({model}, *register)
    assert reasons.get(area_code, "").startswith(f"recorded with {reason} (" if reason else "")
    assert bool(reason) == (area_code in reasons)


def test_a_user_of_what_a_model_contains_can_still_be_compared_with_that_model(register):
    assert "E06000023" in recorded_users({"SOS"}, *register), "Bristol"
    assert "E06000023" not in recorded_users({"FOP"}, *register)
