"""Who may be compared with the adopters of a model, and why everyone else may not."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from analytics.exposure import Exposure, date_words, financial_year
from analytics.spec import Specification


@dataclass(frozen=True)
class Use:
    """What the register says of one model's use.

    Attributes
    ----------
    model_name : as shown
    comparators : how many are in the comparison
    recorded_comparators : names of comparators that the register records with the model
    recorded_untreated : authorities recorded with the model that are not treated here
    untreated : authorities of the panel that are not treated
    said_share : share (0-1) of all authorities said to use it in some form; None where nobody has said
    authorities : authorities of the panel
    recorded : of those, how many the register records with the model
    """

    model_name: str
    comparators: int
    recorded_comparators: tuple[str, ...]
    recorded_untreated: int
    untreated: int
    said_share: float | None
    authorities: int
    recorded: int


def models_studied(specification: Specification, adoptions: pd.DataFrame) -> set[str]:
    """Ids of the models that the treatment means: the one named, else those of the programme's rows."""
    if specification.treatment.model:
        return {specification.treatment.model}
    if specification.treatment.programme:
        return set(adoptions.model[adoptions.programme == specification.treatment.programme])
    return set()


def blocking_models(models: set[str], practice_models: pd.DataFrame) -> set[str]:
    """The models studied and every model that contains one of them."""
    contains = {row.model: set(row.contains.split()) for row in practice_models.itertuples()}
    return models | {model for model, parts in contains.items() if parts & models}


ROLE_WORDS = {"primary": "its main model", "alongside": "alongside another", "developing": "being developed"}


def _role_and_date(row) -> str:
    when = "date not known" if pd.isna(row.start_low) else f"from {date_words(row.start_low, row.precision)}"
    return f"{ROLE_WORDS.get(row.role, row.role)}, {when}"


def recorded_users(models: set[str], adoptions: pd.DataFrame, practice_models: pd.DataFrame) -> dict[str, str]:
    """Reason by authority code for each that the register records with the model, in any role, dated or not."""
    rows = adoptions[adoptions.model.isin(blocking_models(models, practice_models))]
    reasons: dict[str, str] = {}
    for row in rows.sort_values(["area_code", "start_low"]).itertuples():
        reasons.setdefault(row.area_code, f"recorded with {row.model_name} ({_role_and_date(row)})")
    return reasons


def other_model_years(specification: Specification, models: set[str], adoptions: pd.DataFrame) -> pd.DataFrame:
    """Other models inside the window, one row an adoption: area_code, model_name, year (empty = not known), when in words."""
    if specification.comparators.other_models == "keep" or not models:
        return pd.DataFrame({"area_code": [], "model_name": [], "year": [], "when": []})
    rows = adoptions[~adoptions.model.isin(models)]
    years = [None if pd.isna(d) else financial_year(pd.Timestamp(d).date()) for d in rows.start_low]
    found = pd.DataFrame({"area_code": rows.area_code, "model_name": rows.model_name, "year": years})
    found["year"] = found.year.astype("Float64")
    found["when"] = [
        "at a date not known" if pd.isna(day) else f"in {date_words(day, precision)}, inside the window"
        for day, precision in zip(rows.start_low, rows.precision, strict=True)
    ]
    return found[found.year.isna() | (found.year >= specification.window.first)]


def _other_model_reasons(others: pd.DataFrame) -> dict[str, str]:
    reasons: dict[str, str] = {}
    for row in others.sort_values(["area_code", "year"]).itertuples():
        reasons.setdefault(row.area_code, f"adopted another model ({row.model_name}) {row.when}")
    return reasons


def _outside_pool(
    specification: Specification, areas: pd.DataFrame, exposures: list[Exposure], listed: set[str]
) -> dict[str, str]:
    """Reason by code for each authority that the pool does not reach."""
    if specification.comparators.pool == "listed":
        return {code: "not on the list given" for code in areas.area_code if code not in listed}
    if specification.comparators.pool == "region":
        region_of = dict(zip(areas.area_code, areas.region, strict=True))
        regions = {region_of.get(e.area_code) for e in exposures}
        return {
            row.area_code: f"in {row.region or 'no region known'}, a region without an adopter"
            for row in areas.itertuples()
            if row.region not in regions
        }
    return {}


def comparator_reasons(
    specification: Specification,
    areas: pd.DataFrame,
    exposures: list[Exposure],
    adoptions: pd.DataFrame,
    practice_models: pd.DataFrame,
    listed: set[str],
) -> dict[str, str]:
    """Why an authority is no comparator, by code; an authority that is not in the answer is one.

    Parameters
    ----------
    areas : one row an authority of the panel, columns area_code, region
    exposures : the treated, who are never comparators
    adoptions, practice_models : the whole register
    listed : newest codes of a pool named by hand
    """
    models = models_studied(specification, adoptions)
    reasons = _outside_pool(specification, areas, exposures, listed)
    reasons = _other_model_reasons(other_model_years(specification, models, adoptions)) | reasons
    reasons |= recorded_users(models, adoptions, practice_models)
    return reasons | {e.area_code: "treated" for e in exposures}


def years_cut_short(specification: Specification, adoptions: pd.DataFrame, exposures: list[Exposure]) -> dict[str, int]:
    """First year, by treated authority, from which another model is in use and its cells leave."""
    others = other_model_years(specification, models_studied(specification, adoptions), adoptions)
    others = others[others.year.notna() & others.area_code.isin([e.area_code for e in exposures])]
    return {code: int(year) for code, year in others.groupby("area_code").year.min().items()}
