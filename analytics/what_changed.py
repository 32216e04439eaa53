"""What changed from one warehouse to the next: figures revised, apart from new ones, apart from those withdrawn."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pandas as pd

from analytics.errors import NoWarehouse, PracticeError
from analytics.warehouse import Warehouse, pair

REVISED = ("revised", "given", "withheld", "status")
NEW = ("new_indicator", "new_year", "new_area", "added")
WITHDRAWN = ("indicator_gone", "year_gone", "area_gone", "removed")
GROUPS = {"Revised": REVISED, "New": NEW, "Withdrawn": WITHDRAWN}
KINDS = {
    "revised": "another figure",
    "given": "a figure where there was none",
    "withheld": "no figure where there was one",
    "status": "another reason or reliability",
    "new_indicator": "a new indicator",
    "new_year": "a new year",
    "new_area": "a new area",
    "added": "a figure for an earlier year",
    "indicator_gone": "the indicator is no longer there",
    "year_gone": "the year is no longer there",
    "area_gone": "the area is no longer there",
    "removed": "no longer there",
}
MOST_LISTED = 250  # on a page; the file has them all


class CannotCompare(PracticeError):
    """Two warehouses that cannot be set beside one another."""


@dataclass(frozen=True)
class Changes:
    """What changed between two warehouses.

    Attributes
    ----------
    older, newer : what names each, with the time of its build
    since : when the older one was built (ISO)
    counts : indicator, label, theme, year, kind, cells, figures
    revisions : the largest revisions, a row a cell: kind, indicator, label, unit, decimals, area_code, name, year, old_value,
        old_status, new_value, new_status, change, size (the change in standard deviations between authorities)
    """

    older: str
    newer: str
    since: str
    counts: pd.DataFrame
    revisions: pd.DataFrame

    def cells(self, group: str) -> int:
        """How many cells were revised, are new or withdrawn; of new and withdrawn ones only those with a figure count."""
        mine = self.counts[self.counts.kind.isin(GROUPS[group])]
        return int((mine.cells if group == "Revised" else mine.figures).sum())

    def indicators(self, group: str) -> int:
        """How many indicators these are of."""
        return int(self.counts[self.counts.kind.isin(GROUPS[group])].indicator.nunique())

    @property
    def rows(self) -> int:
        """How many cells differ, with a figure or without."""
        return int(self.counts.cells.sum())

    @property
    def new_years(self) -> dict[int, int]:
        """Number of indicators that have a year for the first time, by year."""
        mine = self.counts[self.counts.kind == "new_year"]
        return mine.groupby("year").indicator.nunique().to_dict()

    @cached_property
    def by_indicator(self) -> pd.DataFrame:
        """One row an indicator with a change: label, theme, cells of each group; most revised first."""
        group = {kind: name for name, kinds in GROUPS.items() for kind in kinds}
        told = self.counts.assign(
            group=self.counts.kind.map(group),
            n=self.counts.cells.where(self.counts.kind.isin(REVISED), self.counts.figures),
        )
        wide = told.pivot_table(
            index=["indicator", "label", "theme"], columns="group", values="n", aggfunc="sum", fill_value=0
        )
        wide = wide.reindex(columns=list(GROUPS), fill_value=0).reset_index()
        wide = wide[wide[list(GROUPS)].any(axis=1)]
        return wide.sort_values([*GROUPS, "label"], ascending=[False, False, False, True], ignore_index=True)


def what_changed(older: Path, newer: Warehouse, area: str | None = None) -> Changes:
    """What changed since an older file, for every area or for one.

    Raises
    ------
    CannotCompare : the older one cannot be read by this version, or holds another kind of figures
    """
    before, since = _edition(older, newer)
    with pair(older, newer.file) as both:
        both.ask("changed", area=area)
        counts = both.ask("change_counts")
        revisions = both.ask("change_cells", kinds=REVISED, most=MOST_LISTED)
    return Changes(before, newer.edition, since, counts, revisions)


def every_change(older: Path, newer: Warehouse, area: str | None = None) -> pd.DataFrame:
    """Every cell that differs by more than rounding, new and withdrawn ones too: the columns of `Changes.revisions`."""
    _edition(older, newer)
    with pair(older, newer.file) as both:
        both.ask("changed", area=area)
        return both.ask("change_cells", kinds=tuple(KINDS), most=None)


def _edition(older: Path, newer: Warehouse) -> tuple[str, str]:
    """What names an older file and when it was built, once it is sure that it can be compared."""
    try:
        before = Warehouse(older)
    except NoWarehouse as error:
        reason = str(error).removesuffix(" Run: python -m data build")
        raise CannotCompare(f"What changed since {older.name} cannot be told. {reason}") from error
    try:
        if before.illustrative != newer.illustrative:
            raise CannotCompare(
                f"What changed since {older.name} cannot be told: one of the two holds published figures, the other invented "
                "ones."
            )
        return before.edition, before.meta.get("built", "")
    finally:
        before.close()
