"""One authority on one page: where it stands beside a set of others, what has changed, and what is not known."""

from __future__ import annotations

from functools import partial

import streamlit as st

from analytics.charts.history import history_picture, history_sentence
from analytics.charts.picture import file_stem
from analytics.charts.spine import spine_picture, spine_stem
from analytics.profile import raw_profile, raw_series
from analytics.profile_row import Row
from pages.parts.address import Address, as_plain_text
from pages.parts.chart_frame import offer_files_of, offer_table, show_picture
from pages.parts.figures import illustrative_word, warehouse
from pages.parts.pickers import pick_area
from pages.parts.profile_words import (
    COLUMNS,
    DEPRIVATION,
    HISTORY_BEGINS,
    HOW_TO_READ,
    PRINT_HINT,
    answer,
    chance_words,
    context_table,
    definitions_table,
    missing_table,
    missing_words,
    not_held_sentence,
    place_sentence,
    theme_table,
    trend_words,
)
from pages.parts.profiles import due_table, profile_for
from pages.parts.sets import pick_set
from pages.parts.source_note import source_line
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
    days = {row.source: {r.as_at for r in rows if r.source == row.source} for row in rows}
    # Where a source's figures reach different days, each row says its own.
    return " ".join(source_line(figures, source, *(d if len(d) == 1 else ())) for source, d in days.items())


st.header(profile.name, anchor=False)
show_answer(illustrative_word(figures, answer(profile)))
for words in (trend_words(profile), missing_words(profile)):
    st.markdown(as_plain_text(illustrative_word(figures, words)))
if beside.note:
    st.info(as_plain_text(beside.note))
with st.container(key="print_hint"):
    st.caption(PRINT_HINT)

register = "Register of practice models" if not figures.illustrative else "Register, with invented practice models"
with st.container(key="part_history"):
    if history.empty:
        st.header("Ofsted’s judgements and practice models", anchor=False)
    else:
        source = f"{source_line(figures, 'ofsted')} {register}."
        show_picture(history_picture(history, source=source, illustrative=figures.illustrative), key="history")
    st.markdown(as_plain_text(illustrative_word(figures, history_sentence(history))))
    if not figures.illustrative:
        st.markdown(HISTORY_BEGINS)

with st.container(key="part_context"):
    st.header("The place", anchor=False)
    st.markdown(as_plain_text(illustrative_word(figures, place_sentence(profile))))
    if profile.context:
        table = context_table(profile)
        caption = illustrative_word(figures, f"{profile.name} beside {beside.name}: the place")
        show_table(table, caption=caption, numbers=tuple(table.columns[1:]), stacked=True, named=True)
        st.caption(as_plain_text(sources_of(profile.context)))
    st.markdown(as_plain_text(f"{not_held_sentence(profile)} {DEPRIVATION}".strip()))

st.header("Headline figures", anchor=False)
st.markdown(chance_words(profile))
st.markdown(HOW_TO_READ)
for place, theme in enumerate(profile.themes):
    rows = profile.of(theme)
    with st.container(key=f"part_theme_{place}"):
        st.subheader(theme, anchor=False)
        caption = illustrative_word(figures, f"{theme}: {profile.name} beside {beside.name}")
        show_table(theme_table(profile, rows), caption=caption, drawings=COLUMNS, stacked=True, named=True)
        source = sources_of(rows)
        st.caption(as_plain_text(source))
        draw = partial(spine_picture, profile, theme, source=source, illustrative=figures.illustrative)
        stem = file_stem(spine_stem(profile, theme), illustrative=figures.illustrative)
        offer_files_of(stem, draw, f"theme_{place}")

with st.container(key="part_missing"):
    st.header("What is missing, and why", anchor=False)
    absent = missing_table(profile)
    if len(absent):
        show_table(absent, caption=f"Years without a figure, or with one to doubt: {profile.name}", stacked=True)
    else:
        st.markdown("Every year of every figure on this page is held.")

with st.container(key="part_sources"):
    st.header("When new figures are due", anchor=False)
    used = {row.source for row in (*profile.rows, *profile.context)} | {"ofsted"}
    show_table(due_table(figures, used), caption="Sources of this page", stacked=True, named=True)
    with st.expander("What each figure is"):
        show_table(definitions_table(profile), caption="Definitions", stacked=True, named=True)
    show_terms("profile")

for called, made, stem in (
    ("every figure of this page", raw_profile, "profile"),
    ("every year of them", raw_series, "profile-years"),
):
    offer_table(
        partial(made, profile),
        f"{profile.name}-{stem}",
        f"all_{stem}",
        called=called,
        title=f"{profile.name}: {called}",
        source=f"Source: {figures.edition}.",
        illustrative=figures.illustrative,
    )
