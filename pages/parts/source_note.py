"""Where figures come from, on the page that shows them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pandas as pd
import streamlit as st

from analytics.trends import Figure, day_words, status_text
from analytics.warehouse import Warehouse
from pages.parts.address import as_plain_text
from pages.parts.figures import asked, key_of, sources
from pages.parts.result_words import people

POLARITY = {
    "higher": "For this indicator a higher figure is better.",
    "lower": "For this indicator a lower figure is better.",
    "none": "This indicator has no “better”. A higher figure can mean more need, more need found, or another way of deciding; "
    "the figure alone cannot say which. It is never coloured better or worse here.",
}


@st.cache_resource(max_entries=8, show_spinner=False)
def _released(build: str, _figures: Warehouse) -> dict[str, str]:
    """When the newest edition of each source was released, in words."""
    editions = asked(_figures, "next_due").dropna(subset="released")
    return {row.source: announced_words(row.released) for row in editions.itertuples()}


def source_line(figures: Warehouse, source: str, as_at: str = "") -> str:
    """'Source: Department for Education, Children in need, released autumn 2025; data as at 31 March 2025.'

    Parameters
    ----------
    as_at : the newest day of the figures shown; without it that of the warehouse
    """
    return _sourced(figures, [source], as_at or day_words(figures.meta.get("data_as_at")))


def sources_line(figures: Warehouse, names: Iterable[str], *, dated: bool = True) -> str:
    """The same of figures from several sources, each once; without a day where they have none, as a list has none."""
    return _sourced(figures, dict.fromkeys(names), day_words(figures.meta.get("data_as_at")) if dated else "")


def _sourced(figures: Warehouse, names: Iterable[str], as_at: str) -> str:
    titles = [_titled(figures, name) for name in names]
    start = "Sources: " if len(titles) > 1 else "Source: "
    invented = "invented, in the layout of " if figures.illustrative else ""
    return f"{start}{invented}{'; '.join(titles)}{f'; data as at {as_at}' if as_at else ''}."


def _titled(figures: Warehouse, source: str) -> str:
    """Publisher, title, and when published ones were released."""
    known = sources().get(source)
    title = f"{known.publisher}, {known.title}" if known else source
    released = _released(key_of(figures), figures).get(source)
    return f"{title}, released {released}" if released and not figures.illustrative else title


def show_notes(figures: Warehouse, indicator: pd.Series, notes: list[str] | tuple[str, ...] = ()) -> None:
    """Definition, why it has no 'better', caveat, and what else must be known of the figures shown."""
    st.header("About these figures", anchor=False)
    st.markdown(f"**What it is.** {indicator.definition}")
    title = "Why it has no “better”." if indicator.polarity == "none" else "Which way is better."
    st.markdown(f"**{title}** {POLARITY[indicator.polarity]}")
    if indicator.caveat:
        st.markdown(f"**Take care.** {indicator.caveat}")
    for note in notes:
        st.markdown(f"**Note.** {note}")
    known = sources().get(indicator.source)
    if known and figures.illustrative:
        st.markdown(
            f"**Source.** Invented figures, in the layout of {known.publisher}, {known.title}. Read from {figures.edition}."
        )
    elif known:
        st.markdown(
            f"**Source.** {known.publisher}, [{known.title}]({known.address}), {known.licence}. Read from {figures.edition}."
        )


def extract_sentence(totals: pd.Series) -> str:
    """'8 files read: 120,077 cells, of which 114,549 kept, 5,220 out of scope and 308 rejected.'"""
    return (
        f"{people(totals.files, 'file', 'files')} read: {totals.read:,} cells, of which {totals.kept:,} kept, "
        f"{totals.out_of_scope:,} out of scope and {totals.rejected:,} rejected."
    )


def shown_extracts(extracts: pd.DataFrame) -> pd.DataFrame:
    """Published files as a table to read."""
    return pd.DataFrame(
        {
            "File": extracts.file,
            "Newest year": [f"{y:.0f}" if pd.notna(y) else "" for y in extracts.newest_year],
            "Cells read": [f"{n:,}" for n in extracts.cells_read],
            "Kept": [f"{n:,}" for n in extracts.cells_kept],
            "Out of scope": [f"{n:,}" for n in extracts.cells_out_of_scope],
            "Rejected": [f"{n:,}" for n in extracts.cells_rejected],
        }
    )


def file_notes(extracts: pd.DataFrame) -> list[str]:
    """What was noted of a file when it was read, one sentence or so each, as Markdown."""
    noted = extracts[extracts.note.fillna("") != ""]
    return [f"**{as_plain_text(row.file)}.** {as_plain_text(row.note)}" for row in noted.itertuples()]


def shown_rejected(rejected: pd.DataFrame) -> pd.DataFrame:
    """Rejected cells as a table to read."""
    return pd.DataFrame(
        {
            "File": rejected.file.fillna(rejected.extract),
            "Line": [f"{n:.0f}" if pd.notna(n) else "" for n in rejected.line],
            "Column": rejected["column"].fillna(""),
            "Value": rejected.value.fillna("").str.slice(0, 60),
            "Reason": rejected.reason,
            "Cells": [f"{n:,}" for n in rejected.cells],
        }
    )


def disagreement_sentence(disagreements: pd.DataFrame) -> str:
    """How many figures two sources give differently; the table names both."""
    if disagreements.empty:
        return "No two sources that are loaded give different figures for the same indicator, area and year."
    return (
        f"{people(len(disagreements), 'figure is', 'figures are')} given differently by two sources, by more than "
        "rounding. The first one is shown on every page."
    )


def shown_disagreements(disagreements: pd.DataFrame) -> pd.DataFrame:
    """Figures that two sources give differently, as a table to read."""
    return pd.DataFrame(
        {
            "Authority, region or country": disagreements.name,
            "Year": [f"{year}" for year in disagreements.year],
            "Indicator": disagreements.label,
            "Shown": as_given(disagreements.value, disagreements.status, disagreements.decimals),
            "In": disagreements.file.fillna(disagreements.extract),
            "Otherwise": as_given(disagreements.other_value, disagreements.other_status, disagreements.decimals),
            "In the file": disagreements.other_file.fillna(disagreements.other_extract),
        }
    )


def as_given(values: pd.Series, statuses: pd.Series, decimals: pd.Series) -> list[str]:
    """Figures as they are read, or why there is none."""
    return [
        status_text(Figure(0, None if pd.isna(value) else value, status), places)
        for value, status, places in zip(values, statuses, decimals, strict=True)
    ]


def shown_next_due(due: pd.DataFrame) -> pd.DataFrame:
    """When new figures of each source are due, as far as anyone has said, from the answer to `next_due`."""
    known = sources()
    return pd.DataFrame(
        {
            "Source": [known[name].title if name in known else name for name in due.source],
            "Newest year": [f"{year:.0f}" if pd.notna(year) else "" for year in due.newest_year],
            "Released": [announced_words(day) for day in due.released.fillna("")],
            "New figures are due": [_due_words(row) for row in due.itertuples()],
        }
    )


def _due_words(row: Any) -> str:
    if row.announced:
        return ", ".join(announced_words(day) for day in row.announced.split())
    first, last = day_words(row.first_day), day_words(row.last_day)
    if not first:
        return "not known"
    return first if first == last else f"{first} to {last}, by measure"


def announced_words(day: str) -> str:
    """A day, month or year as it was announced, in words: '2026-10' is 'October 2026'."""
    form = {7: "%B %Y", 10: "%-d %B %Y"}.get(len(day))
    when = pd.to_datetime(day, errors="coerce", format="ISO8601")
    return when.strftime(form) if form and pd.notna(when) else day


def shown_edition(figures: Warehouse) -> pd.DataFrame:
    """What names these figures, for a citation."""
    words = {key.replace("_", " ").capitalize(): value for key, value in figures.meta.items()}
    return pd.DataFrame({"What": ["File", *words], "This warehouse": [figures.file.name, *words.values()]})
