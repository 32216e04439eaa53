"""The two-way regression as statsmodels prints it, for readers who want it; never the basis of a verdict."""

from __future__ import annotations

import numpy as np
import pandas as pd
import statsmodels.api as sm

from analytics.outcome import cells_of, outcome_sample
from analytics.spec import Specification
from analytics.study import Study, study
from analytics.warehouse import Warehouse

WARNING = (
    "Standard errors clustered by authority reject a true null far too often with few adopters "
    "(86% of the time with one, 14% with five): this table is not the basis of the verdict."
)


def _within_authority(values: np.ndarray, authority: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Values less their authority's weighted mean, plus the overall one, so that a constant stays in the regression."""
    held = np.bincount(authority, weights)
    means = np.stack([np.bincount(authority, weights * column) / held for column in values.T], axis=1)
    return values - means[authority] + np.average(values, axis=0, weights=weights)


def two_way_fit(cells: pd.DataFrame, *, weighted: bool = False):
    """Fitted statsmodels regression of the outcome on exposure, authority and year, clustered by authority.

    Authority effects are absorbed, so the small-sample factor counts years and regressors only (docs/methods.md, Chance).

    Parameters
    ----------
    cells : columns value, area_code, year, role, weight, as `cells_of` gives them
    """
    used = cells[cells.role.isin(["untreated", "exposed"])]
    authority = pd.factorize(used.area_code)[0]
    weights = used.weight.to_numpy(float) if weighted else np.ones(len(used))
    years = sorted(used.year.unique())[1:]
    columns = ["exposed", *(f"year_{y}" for y in years)]
    design = np.column_stack([used.role == "exposed", *(used.year == y for y in years)]).astype(float)
    both = _within_authority(np.column_stack([used.value, design]), authority, weights)
    regressors = pd.DataFrame(np.column_stack([np.ones(len(used)), both[:, 1:]]), columns=["constant", *columns])
    return sm.WLS(both[:, 0], regressors, weights=weights).fit(
        cov_type="cluster", cov_kwds={"groups": authority}, use_t=True
    )


def two_way_table(
    specification: Specification, warehouse: Warehouse, outcome: str, *, found: Study | None = None
) -> pd.DataFrame:
    """Rows term, estimate, standard_error, t, p_value, low, high: exposure and the years; then what it rests on.

    Authority effects are estimated and left out of the table.
    """
    found = found or study(specification, warehouse)
    one = outcome_sample(found, specification.outcomes.index(outcome))
    fit = two_way_fit(cells_of(found, one), weighted=specification.estimator.weights == "children")
    low_high = fit.conf_int()
    table = pd.DataFrame(
        {
            "term": fit.params.index,
            "estimate": fit.params.to_numpy(),
            "standard_error": fit.bse.to_numpy(),
            "t": fit.tvalues.to_numpy(),
            "p_value": fit.pvalues.to_numpy(),
            "low": low_high[0].to_numpy(),
            "high": low_high[1].to_numpy(),
        }
    )
    shown = table[table.term != "constant"]
    terms = shown.term.str.replace("year_", "Year ").replace("exposed", "Exposed to the model")
    return shown.assign(term=terms).reset_index(drop=True)
