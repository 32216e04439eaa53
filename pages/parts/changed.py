"""What changed since the build before this one: on the Data page."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pandas as pd
import streamlit as st

from analytics.report.workbook import MOST_ROWS
from analytics.warehouse import Warehouse, earlier_file
from analytics.what_changed import GROUPS, Changes, every_change, what_changed
from pages.parts.address import Address, as_plain_text
from pages.parts.changed_words import ONLY_ONE, changed_sentence, shown_changes, shown_revisions
from pages.parts.chart_frame import offer_table
from pages.parts.choices import YesNo
from pages.parts.figures import illustrative_word, key_of, tried
from pages.parts.pickers import area_choice, pick_area
from pages.parts.tables import show_table

ONLY = YesNo("only", "Only changes in this authority", default=False)


@st.cache_resource(max_entries=32, show_spinner="Comparing with the build before ...")
def _changes(build: str, older: Path, stamp: int, area: str | None, _figures: Warehouse) -> Changes:
    return what_changed(older, _figures, area)


@st.cache_resource(max_entries=32, show_spinner=False)
def _tables(build: str, since: str, area: str | None, _changes: Changes) -> tuple[pd.DataFrame, pd.DataFrame]:
    return shown_changes(_changes), shown_revisions(_changes)


def _changes_of(figures: Warehouse, older: Path, area: str | None) -> Changes:
    return _changes(key_of(figures), older, older.stat().st_mtime_ns, area, figures)


def settle_changes(figures: Warehouse, address: Address) -> None:
    """Settle the choices of what changed before the address is written."""
    if earlier_file(figures.file):
        area_choice(figures).settle(address)
        ONLY.settle(address)


def show_changes(figures: Warehouse, address: Address) -> None:
    """Revisions, new figures and withdrawn ones since the newest file before the current one, told before they are listed."""
    older = earlier_file(figures.file)
    if older is None:
        st.markdown(ONLY_ONE)
        return
    said = st.container()
    left, right = st.columns(2)
    with left:
        area = pick_area(address, figures)
    with right:
        mine = dataclasses.replace(ONLY, label=f"Only changes in {area['name']}").draw(address)
    code = area.area_code if mine else None
    changes, trouble = tried(_changes_of, figures, older, code)
    if changes is None:
        said.warning(as_plain_text(trouble))
        return
    sentence = illustrative_word(figures, changed_sentence(changes, area["name"] if mine else ""))
    said.markdown(as_plain_text(sentence))
    if changes.by_indicator.empty:
        return
    st.markdown(
        "A figure is revised where it differs by more than rounding, or where a reason took its place. Revisions are set in "
        "order by how far authorities usually lie apart, so that rates and percentages can stand in one list."
    )
    by_indicator, revisions = _tables(key_of(figures), changes.older, code, changes)
    with st.expander("How many figures of each indicator", key="changes_counted", on_change="rerun") as counted:
        if counted.open:
            show_table(by_indicator, caption="Changes by indicator", numbers=tuple(GROUPS), tall=True)
    if len(revisions):
        numbers = ("Year", "Before", "Now", "Change")
        show_table(revisions, caption="The largest revisions", numbers=numbers, tall=True)
    st.caption("The file holds every change: new and withdrawn figures too.")
    offer_table(
        lambda: every_change(older, figures, code),
        f"changes-{older.stem}-{figures.file.stem}{f'-{code}' if code else ''}",
        "changes",
        source=f"Source: {changes.older}; {changes.newer}.",
        illustrative=figures.illustrative,
        title=f"What changed from {changes.older} to {changes.newer}",
        workbook=changes.rows <= MOST_ROWS,
    )
