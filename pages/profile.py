"""One authority on one page: where it stands beside a set of others, what has changed, and what is not known."""

from __future__ import annotations

from functools import partial

import streamlit as st

from analytics.charts.history import history_picture, history_sentence
from analytics.charts.picture import csv_bytes
from analytics.charts.spine import spine_picture
from analytics.history import shown_entries, shown_inspections
from analytics.profile import Row, raw_profile, raw_series
from pages.parts.address import Address, as_plain_text
from pages.parts.chart_frame import offer_files, show_picture
from pages.parts.figures import asked, illustrative_word, warehouse
from pages.parts.pickers import pick_area
from pages.parts.profile_words import (
    DEPRIVATION,
    HOW_TO_READ,
    answer,
    chance_words,
    context_table,
    definitions_table,
    missing_table,
    not_held_sentence,
    place_sentence,
    theme_table,
)
from pages.parts.profiles import profile_for
from pages.parts.sets import pick_set
from pages.parts.source_note import shown_next_due, source_line
from pages.parts.tables import show_table
from pages.parts.terms import settle_depth, show_terms
from pages.parts.verdict_box import show_answer

figures = warehouse()
address = Address()

st.title("Authority profile", anchor=False)
st.markdown("Where does an authority stand beside others, what has changed, and what is not known?")
left, right = st.columns(2)
with left:
    area = pick_area(address, figures)
with right:
    beside = pick_set(address, figures, area)
settle_depth(address)
address.write()
profile, history = profile_for(figures, area, beside)


def sources_of(rows: tuple[Row, ...]) -> str:
    """Where the figures of some rows come from, a line a source."""
    newest = {row.source: row.as_at for row in rows}
    return " ".join(source_line(figures, source, as_at) for source, as_at in newest.items())


st.header(profile.name, anchor=False)
show_answer(illustrative_word(figures, answer(profile)))
if beside.note:
    st.info(as_plain_text(beside.note))
st.caption("To print this page, or keep it as a PDF: Ctrl + P (on a Mac ⌘ + P). Menus, choices and buttons are left out.")

register = "Register of practice models" if not figures.illustrative else "Register of invented practice models"
show_picture(
    history_picture(
        history, source=f"{source_line(figures, 'ofsted')} {register}.", illustrative=figures.illustrative
    ),
    key="history",
)
