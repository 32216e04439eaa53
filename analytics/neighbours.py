"""Statistical neighbours: who is near whom by which model, how close, and who of them may be compared."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pandas as pd

from analytics.errors import CannotEstimate
from analytics.warehouse import Warehouse

CLOSENESS = ("not close", "somewhat close", "close", "very close", "extremely close")  # the furthest first
MODELS = ("2021", "2025")
OWN = "own"  # the model whose background figures and weights a reader chooses (analytics/own_neighbours.py)
LEAST_CLOSE = "somewhat close"
FEWEST = 5  # comparators below which a floor on closeness is widened


def close_enough(closeness: str, least_close: str) -> bool:
    """Whether a word of closeness is at least the one asked for; blanks and case do not matter."""
    return CLOSENESS.index(" ".join(closeness.lower().split())) >= CLOSENESS.index(least_close)


def wider(least_close: str) -> tuple[str, ...]:
    """The floor asked for, then each lower one."""
    return tuple(reversed(CLOSENESS[: CLOSENESS.index(least_close) + 1]))


def official_lists(model: str, warehouse: Warehouse) -> pd.DataFrame:
    """Every neighbour that a published model names: rows of `ask("neighbours")`.

    Raises
    ------
    CannotEstimate : the warehouse holds no neighbours of that model
    """
    listed = warehouse.ask("neighbours", model=model)
    if listed.empty and warehouse.illustrative:
        raise CannotEstimate(
            f"This illustrative set holds no statistical neighbours of the {model} model. Write it again with "
            "python -m data illustrative, then build it with python -m data build --illustrative"
        )
    if listed.empty:
        raise CannotEstimate(
            f"No statistical neighbours of the {model} model are loaded. Put the DfE's list among the extracts and run: "
            "python -m data build"
        )
    return listed


def neighbours_of(treated: Mapping[str, Iterable[str]], names: Mapping[str, str], listed: pd.DataFrame) -> pd.DataFrame:
    """One row per treated authority and neighbour: treated, treated_name, area_code, name, rank, closeness.

    Parameters
    ----------
    treated : code in the panel -> newest codes of the authorities it is made of (a reorganised area has several)
    names : name by code in the panel
    listed : every neighbour of every authority by one model, as `official_lists` gives them
    """
    owners = pd.DataFrame(
        [(part, code, names[code]) for code, parts in treated.items() for part in parts],
        columns=["listed_for", "treated", "treated_name"],
    )
    found = owners.merge(listed, left_on="listed_for", right_on="area_code", suffixes=("_of", ""))
    found["area_code"] = found.neighbour_code
    columns = ["treated", "treated_name", "area_code", "name", "rank", "closeness"]
    return found.sort_values(["treated", "rank", "area_code"])[columns].reset_index(drop=True)


def not_near(neighbours: pd.DataFrame, codes: Iterable[str], least_close: str) -> dict[str, str]:
    """Why an authority is not among the neighbours at least so close, by code; one that is not in the answer is."""
    reasons = dict.fromkeys(codes, "no statistical neighbour of an adopter")
    for row in neighbours[::-1].itertuples():  # the nearest mention of an authority is named, so it comes last
        if row.area_code in reasons:
            reasons[row.area_code] = f"a statistical neighbour of {row.treated_name}, but only {row.closeness}"
    for row in neighbours.itertuples():
        if close_enough(row.closeness, least_close):
            reasons.pop(row.area_code, None)
    return reasons


def partners_of(neighbours: pd.DataFrame, compared: set[str], least_close: str) -> dict[str, tuple[str, ...]]:
    """Codes of the neighbours, at least so close, that an authority may be compared with; those without one are not in it.

    Parameters
    ----------
    neighbours : rows of `neighbours_of`, for every authority that may hold an adopter's place
    compared : codes that may be compared
    """
    near = neighbours[[c in compared for c in neighbours.area_code]]
    near = near[[close_enough(word, least_close) for word in near.closeness]]
    return {code: tuple(sorted(rows)) for code, rows in near.groupby("treated").area_code}


def without_list(treated: Mapping[str, str], neighbours: pd.DataFrame, from_years: Mapping[str, float]) -> str:
    """Sentence on the treated for which the model names nobody, '' where there is none.

    Parameters
    ----------
    treated : name by code
    neighbours : rows of `neighbours_of`
    from_years : first year (ending 31 March) with figures, of authorities created since
    """
    missing = [code for code in treated if code not in set(neighbours.treated)]
    if not missing:
        return ""
    created = [
        f"{treated[code]} (created in {int(from_years[code]) - 1})" if pd.notna(from_years.get(code)) else treated[code]
        for code in missing
    ]
    return f"The model names no statistical neighbours for {', '.join(created)}."
