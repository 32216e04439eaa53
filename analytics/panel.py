"""Panel: outcomes x authorities x years, with every figure's status and what was left out, and why."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from analytics.reorganisation import Reorganisation, reorganisations
from analytics.spec import Specification
from analytics.warehouse import Warehouse

NO_ROW = "no_row"  # the source has no row for that authority and year


@dataclass(frozen=True)
class Panel:
    """Figures of K outcomes for N authorities (ordered by newest code) in T years.

    Attributes
    ----------
    values : K x N x T, NaN where no figure may be used
    status : K x N x T, text; 'no_row' where the source lists no such authority and year
    numerators, denominators : K x N x T, counts behind the figures, NaN where none is published
    regional : indicator, region, year, numerator: published counts of whole regions; and of their authorities, where one
        is suppressed: known (the sum of the counts published), hidden (how many are), unknown (how many have no count
        for another reason)
    parts : indicator, area_code, year, hidden, rest: suppressed counts that with others make up a published whole, how
        many of these are hidden with it, and what those that are published leave for them
    children : N x T, children aged 0 to 17 in the estimate that serves the year (the mid-year before)
    regions : region name of each authority
    left_out : columns area_code, name, reason: authorities of today that could not enter at all
    reorganised : the same columns: codes of the past, and authorities that are followed with others as one area
    rebuilt : splits and mergers inside the window that are followed as one area
    """

    outcomes: tuple[str, ...]
    areas: tuple[str, ...]
    names: tuple[str, ...]
    regions: tuple[str, ...]
    years: tuple[int, ...]
    values: np.ndarray
    status: np.ndarray
    children: np.ndarray
    left_out: pd.DataFrame = field(repr=False)
    numerators: np.ndarray
    denominators: np.ndarray
    regional: pd.DataFrame = field(repr=False)
    parts: pd.DataFrame = field(repr=False)
    rebuilt: tuple[Reorganisation, ...] = ()
    reorganised: pd.DataFrame = field(repr=False, default_factory=lambda: _listed([]))

    @functools.cached_property
    def position(self) -> dict[str, int]:
        """Row of each authority code."""
        return {code: i for i, code in enumerate(self.areas)}

    @functools.cached_property
    def size(self) -> np.ndarray:
        """N: mean number of children over the window, NaN where no estimate is held."""
        held = np.isfinite(self.children)
        total = np.where(held, self.children, 0).sum(1)
        return np.where(held.any(1), total / np.maximum(held.sum(1), 1), np.nan)


def _listed(rows: list[tuple[str, str, str]]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["area_code", "name", "reason"])


def without_years(panel: Panel, years: Iterable[int]) -> Panel:
    """The same panel without some years."""
    left = list(years)
    kept = ~np.isin(panel.years, left)
    return dataclasses.replace(
        panel,
        years=tuple(np.array(panel.years)[kept].tolist()),
        values=panel.values[:, :, kept],
        status=panel.status[:, :, kept],
        numerators=panel.numerators[:, :, kept],
        denominators=panel.denominators[:, :, kept],
        children=panel.children[:, kept],
        regional=panel.regional[~panel.regional.year.isin(left)].reset_index(drop=True),
        parts=panel.parts[~panel.parts.year.isin(left)].reset_index(drop=True),
    )


def _cells(warehouse: Warehouse, specification: Specification) -> pd.DataFrame:
    window = specification.window
    cells = warehouse.ask("panel_cells", indicators=list(specification.outcomes), first=window.first, last=window.last)
    return cells[~cells.year.isin(window.without)]


def _serving_children(warehouse: Warehouse) -> pd.DataFrame:
    """Children aged 0 to 17 by area_code and the year they serve: the mid-year estimate of the year before."""
    children = warehouse.ask("children")
    return children.assign(year=children.year + 1)


def per_unit(unit: str) -> float:
    """What a rate or percentage is multiplied by, so that a rebuilt one has the unit of the rest."""
    return 10_000.0 if "10,000" in unit else 100.0 if "%" in unit else 1.0


def _rebuilt(cells: pd.DataFrame, change: Reorganisation, units: dict[str, str]) -> pd.DataFrame:
    """Cells of the whole area of a split or merger, from counts: only where every part has both counts."""
    parts = cells[
        (cells.area_code.isin(change.before) & (cells.year < change.year))
        | (cells.area_code.isin(change.after) & (cells.year >= change.year))
    ]
    summed = parts.groupby(["indicator", "year"], as_index=False).agg(
        numerator=("numerator", "sum"),
        denominator=("denominator", "sum"),
        parts=("numerator", "count"),
        bases=("denominator", "count"),
        rows=("area_code", "count"),
    )
    wanted = np.where(summed.year < change.year, len(change.before), len(change.after))
    whole = (summed.parts == wanted) & (summed.bases == wanted) & (summed.denominator > 0)
    per = summed.indicator.map(lambda i: per_unit(units[i]))
    summed["value"] = (per * summed.numerator / summed.denominator).where(whole)
    summed["status"] = np.where(whole, "ok", "not_available")
    counts = {c: summed[c].where(whole) for c in ("numerator", "denominator")}
    columns = ["indicator", "area_code", "year", "value", "status", "numerator", "denominator"]
    return summed.assign(area_code=change.code, **counts)[columns]


def _with_reorganisations(
    cells: pd.DataFrame, areas: pd.DataFrame, warehouse: Warehouse, specification: Specification, units: dict[str, str]
):
    """Cells and areas with every split or merger inside the window rebuilt to its coarsest area; who left; who changed."""
    left: list[tuple[str, str, str]] = []
    changed: list[tuple[str, str, str]] = []
    followed: list[Reorganisation] = []
    names = dict(zip(areas.area_code, areas.name, strict=True))
    window = specification.window
    for change in reorganisations(warehouse.ask("boundary_changes"), first=window.first, last=window.last):
        members = set(change.before) | set(change.after)
        if not cells.area_code.isin(members).any():
            continue
        rebuilt = _rebuilt(cells, change, units)
        when = f"April {change.year - 1}"  # the first year of figures on the new boundaries ends in March of `year`
        figures = rebuilt[rebuilt.value.notna()]
        before, after_it = (
            set(figures.indicator[side]) for side in (figures.year < change.year, figures.year >= change.year)
        )
        # Outcome by outcome, so that what one shows does not hang on which others are asked for with it.
        rebuilt = rebuilt[rebuilt.indicator.isin(before & after_it)]
        cells = cells[~cells.area_code.isin(members)]
        after = " + ".join(names.get(c, c) for c in change.after)
        if len(rebuilt):
            followed.append(change)
            first = areas[areas.area_code.isin(members)].iloc[0]
            whole = first.to_dict() | {"area_code": change.code, "name": after, "children_thousand": None}
            cells = pd.concat([cells, rebuilt], ignore_index=True)
            areas = pd.concat([areas, pd.DataFrame([whole])], ignore_index=True)
            reason = f"reorganised in {when}; followed as one area ({after}), its counts summed"
            changed += [(code, names.get(code, code), reason) for code in change.after]
        else:
            reason = f"reorganised in {when}; the counts to rebuild one area over the change are not published"
            left += [(code, names.get(code, code), reason) for code in change.after]
        gone = f"no longer exists since {when}; succeeded by {after}"
        changed += [(code, names.get(code, code), gone) for code in change.before if code not in change.after]
        areas = areas[~areas.area_code.isin(members)]
    return cells, areas, _listed(left), _listed(changed), tuple(followed)


def _children_of(
    warehouse: Warehouse, areas: pd.DataFrame, years: tuple[int, ...], rebuilt: tuple[Reorganisation, ...]
) -> np.ndarray:
    """N x T children serving each year; the latest number known where the warehouse holds no estimate at all."""
    table = _serving_children(warehouse).pivot(index="area_code", columns="year", values="children")

    def of(parts: tuple[str, ...]) -> pd.Series:
        # A missing part must not count as no children.
        return table.reindex(index=list(parts), columns=list(years)).sum(axis=0, min_count=len(parts))

    children = table.reindex(index=areas.area_code, columns=list(years)).to_numpy(dtype=float, copy=True)
    for change in rebuilt:
        whole = of(change.after).fillna(of(change.before))
        children[np.flatnonzero(areas.area_code == change.code)] = whole.to_numpy(dtype=float)
    known = areas.children_thousand.to_numpy(dtype=float) * 1000
    none_held = ~np.isfinite(children).any(1)
    return np.where(none_held[:, None], known[:, None], children)


def _regional(cells: pd.DataFrame, areas: pd.DataFrame, published: pd.DataFrame, years: Iterable[int]) -> pd.DataFrame:
    """Published counts of whole regions, beside what their authorities publish where one of these is suppressed (see Panel).

    Every authority there was counts, also one that the panel cannot hold or the source does not list: it is in the total.
    """
    keys = ["indicator", "region", "year"]
    published = published[published.year.isin(years)]
    places = areas.loc[areas.kind == "authority", ["area_code", "region", "from_year", "to_year"]]
    secret = cells.loc[cells.status == "suppressed", ["indicator", "area_code", "year"]].merge(places, on="area_code")
    asked = published[keys].merge(secret[keys].drop_duplicates())  # elsewhere there is nothing to bound
    each = asked.merge(places, on="region").merge(cells, on=["indicator", "area_code", "year"], how="left")
    existed = each.year.between(each.from_year.fillna(0), each.to_year.fillna(9999))  # empty = for all years
    each = each[existed | each.status.notna()]
    hidden, counted = each.status == "suppressed", each.numerator.notna()
    nobody = each.status == "not_applicable"  # there was no such authority, or nobody to count
    each = each.assign(known=each.numerator.fillna(0.0), hidden=hidden & ~counted, unknown=~(counted | hidden | nobody))
    return published.merge(
        each.groupby(keys, as_index=False)[["known", "hidden", "unknown"]].sum(), on=keys, how="left"
    )


def panel_of(specification: Specification, warehouse: Warehouse) -> Panel:
    """Every authority that has a figure for one of the outcomes in the window."""
    cells = _cells(warehouse, specification)
    areas = warehouse.ask("all_areas")
    outcomes = list(specification.outcomes)
    regional = _regional(cells, areas, warehouse.ask("region_counts", indicators=outcomes), specification.window.years)
    parts = warehouse.ask("hidden_parts", indicators=outcomes)
    parts = parts[parts.year.isin(specification.window.years)].reset_index(drop=True)
    areas = areas[(areas.kind == "authority") & areas.area_code.isin(cells.area_code.unique())]
    indicators = warehouse.ask("indicators")
    units = dict(zip(indicators.indicator, indicators.unit, strict=True))
    cells, areas, left_out, reorganised, rebuilt = _with_reorganisations(cells, areas, warehouse, specification, units)
    areas = areas.sort_values("area_code").reset_index(drop=True)
    years = specification.window.years
    shape = (len(specification.outcomes), len(areas), len(years))
    values, status = np.full(shape, np.nan), np.full(shape, NO_ROW, dtype=object)
    k = pd.Index(specification.outcomes).get_indexer(cells.indicator)
    i, t = pd.Index(areas.area_code).get_indexer(cells.area_code), pd.Index(years).get_indexer(cells.year)
    inside = (k >= 0) & (i >= 0) & (t >= 0)
    numerators, denominators = np.full(shape, np.nan), np.full(shape, np.nan)
    for array, column in ((values, "value"), (numerators, "numerator"), (denominators, "denominator")):
        array[k[inside], i[inside], t[inside]] = cells[column].to_numpy(dtype=float)[inside]
    status[k[inside], i[inside], t[inside]] = cells.status.to_numpy()[inside]
    return Panel(
        tuple(specification.outcomes),
        tuple(areas.area_code),
        tuple(areas.name),
        tuple(areas.region),
        years,
        values,
        status,
        _children_of(warehouse, areas, years, rebuilt),
        left_out,
        numerators,
        denominators,
        regional,
        parts,
        rebuilt,
        reorganised,
    )
