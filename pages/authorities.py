"""How does one indicator spread over all authorities, and where does one of them stand?"""

from __future__ import annotations

import streamlit as st

from analytics.everywhere import years_listed
from analytics.everywhere_answer import implied_words, sentence_of, withheld_words
from analytics.everywhere_tables import (
    CHANGE,
    FROM,
    NUMBERS,
    TO,
    figure_heading,
    place_heading,
    raw,
    readable,
)
from pages.parts.address import Address, as_plain_text
from pages.parts.chart_frame import offer_table, show_picture
from pages.parts.choices import OneOf, OneYear
from pages.parts.everywhere import (
    CAVEAT,
    NOT_BY_MODEL,
    YEARS_SHOWN,
    Shown,
    by_model_choices,
    chosen_on_map,
    everywhere_in,
    map_key,
)
from pages.parts.figures import illustrative_word, indicator_board, warehouse
from pages.parts.pickers import pick_area, pick_indicator
from pages.parts.sets import pick_set
from pages.parts.source_note import show_notes
from pages.parts.tables import show_table
from pages.parts.terms import settle_depth, show_terms
from pages.parts.verdict_box import show_answer

BY_HELP = "Colours the map by practice model and gives each its own line of dots."

figures = warehouse()
address = Address()

st.title("All authorities", anchor=False)
st.markdown(
    "How does an indicator spread over all authorities, and where does one of them stand? The figures start a "
    "conversation; an order of places does not measure performance."
)
left, right = st.columns(2)
with left:
    indicator = pick_indicator(address, figures)
    near_place = st.container()
with right:
    area = pick_area(address, figures)
    by = OneOf("by", "By practice model", by_model_choices(figures), default=NOT_BY_MODEL, help=BY_HELP).draw(address)
with near_place:
    near = pick_set(address, figures, area)
board = indicator_board(figures, indicator.indicator)
years = years_listed(board, indicator.indicator)
if not years:
    address.write()
    show_answer(illustrative_word(figures, f"{indicator.label}: no authority is listed for any year."))
    show_notes(figures, indicator)
    st.stop()
year = OneYear("year", "Year", years, default=board.newest_year(indicator.indicator) or years[-1]).draw(address)
settle_depth(address)
address.write()

found = everywhere_in(figures, indicator, year)
shown = Shown(figures, found, indicator, area, near, by)
show_answer(illustrative_word(figures, sentence_of(found, area.area_code, area["name"])))
if near.note:
    st.caption(as_plain_text(near.note))

show_picture(shown.strip(), "strip", under=True, small=True)
if by != NOT_BY_MODEL:
    st.caption(CAVEAT)
with st.expander(f"The last {YEARS_SHOWN} years, a line each", key="years_shown", on_change="rerun") as earlier:
    if earlier.open:
        show_picture(shown.years(), "years_strip", under=True)

pressed = map_key(area.area_code)
show_picture(shown.map(), pressed, under=True, small=True, on_select=lambda: chosen_on_map(figures, pressed))
st.caption(f"Press a hexagon to choose its authority. {shown.not_on_map}".strip())
if found.funnel:
    show_picture(shown.funnel(), "funnel", under=True, small=True, told=shown.funnel_sentence)
    st.caption(as_plain_text(implied_words(found)))
else:
    st.markdown(as_plain_text(found.no_funnel))

st.header("Every authority", anchor=False)
st.caption(f"By name, the chosen one first; press a heading to sort. {withheld_words(found)}".strip())
table = shown.table()
decimals = f"%.{found.measure.decimals}f"
formats = {c: st.column_config.NumberColumn(format=decimals) for c in (figure_heading(found), FROM, TO) if c in table}
st.dataframe(
    table,
    hide_index=True,
    height=480,
    placeholder="–",
    key="everywhere_table",
    alt=f"{found.measure.label}, {year}: a row an authority. The same stands below as text.",
    column_config=formats
    | {
        "Authority": st.column_config.TextColumn(pinned=True),
        place_heading(found): st.column_config.NumberColumn(format="%d"),
        CHANGE: st.column_config.NumberColumn(format=f"%+.{found.measure.decimals}f"),
    },
)
offer_table(
    lambda: raw(found, near.codes),
    f"authorities {indicator.indicator} {year}",
    "everywhere",
    source=shown.source,
    illustrative=figures.illustrative,
    title=f"{found.measure.label}, {year}: every authority",
    unit=found.measure.unit,
    decimals=found.measure.decimals,
)
with st.expander("The same table as text", key="text_table", on_change="rerun") as text:
    if text.open:
        words = readable(found, near.codes, area.area_code)
        numbers = tuple(c for c in (figure_heading(found), place_heading(found), *NUMBERS) if c in words)
        show_table(words, caption=f"{found.measure.label}, {year}: every authority", numbers=numbers, tall=True)
wider = shown.wider()
show_table(
    wider,
    caption=f"{found.measure.label}, {year}: regions and the whole country, which have no rank",
    numbers=tuple(c for c in wider.columns if c in (figure_heading(found), *NUMBERS)),
)
show_terms("authorities")
show_notes(figures, indicator)
