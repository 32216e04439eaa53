"""What changed from one build to the next, in the words and tables of the Data page."""

from __future__ import annotations

import pandas as pd

from analytics.what_changed import KINDS, Changes
from analytics.wording import listed, number_text
from pages.parts.result_words import people
from pages.parts.source_note import as_given

ONLY_ONE = (
    "Only one build is kept here, so there is nothing to compare it with yet. The next build will be compared with it."
)


def changed_sentence(changes: Changes, name: str = "") -> str:
    """How much was revised, is new, was withdrawn since the build before, in one authority or everywhere."""
    told = [
        _counted(changes, "Revised", "figure was revised", "figures were revised"),
        _counted(changes, "New", "figure is new", "figures are new") + _years(changes),
        _counted(changes, "Withdrawn", "figure was withdrawn", "figures were withdrawn"),
    ]
    built = pd.to_datetime(changes.since, errors="coerce")
    since = f"Since {changes.older}" if pd.isna(built) else f"Since the build of {built:%-d %B %Y, %H:%M}"
    where = f"{since}, in {name}" if name else since
    if not any(changes.cells(group) for group in ("Revised", "New", "Withdrawn")):
        return f"{where}: no figure has changed."
    return f"{where}: {'; '.join(told)}."


def _counted(changes: Changes, group: str, one: str, many: str) -> str:
    number = changes.cells(group)
    if not number:
        return many.replace("figures", "no figures", 1)
    return f"{people(number, one, many)} in {people(changes.indicators(group), 'indicator', 'indicators')}"


def _years(changes: Changes) -> str:
    years = [f"{year} for the first time in {n:,}" for year, n in sorted(changes.new_years.items(), reverse=True)]
    return f" (the year {listed(years)})" if years else ""


def shown_changes(changes: Changes) -> pd.DataFrame:
    """How many figures of each indicator changed."""
    counts = changes.by_indicator
    return pd.DataFrame(
        {
            "Indicator": counts.label,
            "Theme": counts.theme,
            **{group: [f"{n:,}" for n in counts[group]] for group in ("Revised", "New", "Withdrawn")},
        }
    )


def shown_revisions(changes: Changes) -> pd.DataFrame:
    """The largest revisions, largest first."""
    rows = changes.revisions
    return pd.DataFrame(
        {
            "Authority, region or country": rows["name"],
            "Indicator": rows.label,
            "Year": [f"{year}" for year in rows.year],
            "Before": as_given(rows.old_value, rows.old_status, rows.decimals),
            "Now": as_given(rows.new_value, rows.new_status, rows.decimals),
            "Change": [
                "" if pd.isna(change) or kind == "status" else number_text(change, places)
                for change, kind, places in zip(rows.change, rows.kind, rows.decimals, strict=True)
            ],
            "What happened": rows.kind.map(KINDS),
        }
    )
