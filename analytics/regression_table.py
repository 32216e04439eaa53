"""The two-way regression as statsmodels prints it, for readers who want it; never the basis of a verdict."""

from __future__ import annotations

import numpy as np
import pandas as pd
import statsmodels.formula.api as smf

from analytics.outcome import cells_of, outcome_sample
from analytics.spec import Specification
from analytics.study import Study, study
from analytics.warehouse import Warehouse

WARNING = (
    "Standard errors clustered by authority reject a true null far too often with few adopters "
    "(86% of the time with one, 14% with five): this table is not the basis of the verdict."
)


def two_way_fit(cells: pd.DataFrame, *, weighted: bool = False):
    """Fitted statsmodels regression of the outcome on exposure, authority and year, clustered by authority.

    Parameters
    ----------
    cells : columns value, area_code, year, role, weight, as `cells_of` gives them
    """
    used = cells[cells.role.isin(["untreated", "exposed"])].assign(
        exposed=lambda c: (c.role == "exposed").astype(float), authority=lambda c: c.area_code
    )
    groups = pd.factorize(used.authority)[0]
    model = smf.wls if weighted else smf.ols
    extra = {"weights": used.weight.to_numpy()} if weighted else {}
    return model("value ~ exposed + C(authority) + C(year)", data=used, **extra).fit(
        cov_type="cluster", cov_kwds={"groups": groups}, use_t=True
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
    shown = table[(table.term == "exposed") | table.term.str.startswith("C(year)")].copy()
    shown["term"] = np.where(
        shown.term == "exposed", "Exposed to the model", "Year " + shown.term.str.extract(r"T\.(\d+)", expand=False)
    )
    return shown.sort_values("term").reset_index(drop=True)
