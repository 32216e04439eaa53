"""Which known table a heading is: by its columns, never by the name of the file."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from analytics.catalogue import FileLayout
from analytics.errors import BadExtract

# Columns that every tidy table of the Department for Education has (explore education statistics, open data standard)
PLACE_AND_TIME = (
    "time_period", "time_identifier", "geographic_level", "country_code", "country_name", "region_code", "region_name",
    "old_la_code", "new_la_code", "la_name",
)  # fmt: skip
ENOUGH_ALIKE = 0.5  # share of a table's columns that must be found before it is worth saying which are missing


@dataclass(frozen=True)
class Recognised:
    """A table that a heading fits: the layout, and the heading under the names that the layout uses."""

    layout: FileLayout
    names: tuple[str, ...]

    @property
    def figures(self) -> tuple[str, ...]:
        """Columns that hold figures: neither place and time nor filter."""
        return tuple(name for name in self.names if name not in (*PLACE_AND_TIME, *self.layout.filters))


def known_names(headings: Iterable[str], layout: FileLayout) -> tuple[str, ...]:
    """Headings under the names that the layout knows them by: case ignored, aliases followed."""
    known = {name.lower(): name for name in (*PLACE_AND_TIME, *layout.columns, *layout.filters)}
    known |= {found.lower(): meant for found, meant in layout.aliases if meant.lower() not in _lower(headings)}
    return tuple(known.get(heading.strip().lower(), heading.strip()) for heading in headings)


def missing_columns(headings: Iterable[str], layout: FileLayout) -> list[str]:
    """Columns of a layout that a heading lacks."""
    names = known_names(headings, layout)
    return [name for name in (*PLACE_AND_TIME, *layout.filters, *layout.columns) if name not in names]


def best_fit(headings: Iterable[str], layouts: Iterable[FileLayout]) -> FileLayout | None:
    """The layout of which a heading has every column; of several, the one that accounts for most of it."""
    headings = list(headings)
    complete = [layout for layout in layouts if not missing_columns(headings, layout)]
    return max(complete, key=lambda layout: len(layout.columns) + len(layout.filters), default=None)


def recognised(
    file: str, headings: Iterable[str], layouts: Mapping[str, FileLayout], lists: Iterable[FileLayout] = ()
) -> Recognised:
    """The table that a heading is.

    Parameters
    ----------
    lists : layouts that a heading may have been meant for; none of them fits it

    Raises
    ------
    BadExtract : no table, with the nearest one, the columns it lacks and what to do
    """
    headings = list(headings)
    layout = best_fit(headings, layouts.values())
    if layout is None:
        raise BadExtract(_not_recognised(file, headings, layouts, lists))
    names = known_names(headings, layout)
    lowered = [name.lower() for name in names]
    for name in names:
        if lowered.count(name.lower()) > 1:
            raise BadExtract(f"{file}: the heading names '{name}' twice. Remove one of the two columns.")
    return Recognised(layout, names)


def _not_recognised(
    file: str, headings: list[str], layouts: Mapping[str, FileLayout], lists: Iterable[FileLayout]
) -> str:
    """What the heading lacks to be the nearest known table or list, or that it is none."""
    nearest = max(layouts.values(), key=lambda layout: _share_found(headings, layout))
    if _share_found(headings, nearest) < ENOUGH_ALIKE:
        for each in lists:
            missing = [column for column in each.columns if column.lower() not in _lower(headings)]
            if len(missing) < (1 - ENOUGH_ALIKE) * len(each.columns):
                spare = [heading for heading in headings if heading not in each.columns]
                near = ", ".join(f"'{name}'{_nearest_heading(name, spare)}" for name in missing)
                return (
                    f"{file} looks like '{each.title}' but has no column {near}. If the publisher renamed it, mend "
                    f"data/layouts/{each.layout}.py and `columns` in data/sources/{each.source}/source.toml."
                )
        shown = ", ".join(heading.strip()[:40] for heading in headings[:8])
        return f"{file} is none of the {len(layouts)} tables known here (data/sources/). Its heading begins: {shown}"
    missing = missing_columns(headings, nearest)
    known = (*PLACE_AND_TIME, *nearest.filters, *nearest.columns)
    spare = [name for name in known_names(headings, nearest) if name not in known]
    near = [f"'{name}'{_nearest_heading(name, spare)}" for name in missing]
    return (
        f"{file} looks like '{nearest.title}' but has no column {', '.join(near)}. If the publisher renamed it, "
        f"add the new name to aliases of file '{nearest.file}' in data/sources/{nearest.source}/source.toml."
    )


def _share_found(headings: list[str], layout: FileLayout) -> float:
    """Share (0-1) of a layout's own columns that a heading has."""
    own = len(layout.columns) + len(layout.filters)
    return 1 - len([c for c in missing_columns(headings, layout) if c not in PLACE_AND_TIME]) / own


def _nearest_heading(name: str, headings: list[str]) -> str:
    near = difflib.get_close_matches(name, headings, n=1, cutoff=0.5)
    return f" (nearest found: '{near[0]}')" if near else ""


def _lower(headings: Iterable[str]) -> list[str]:
    return [heading.strip().lower() for heading in headings]
