"""How has an indicator changed in an authority, beside authorities like it, its region and England?"""

from __future__ import annotations

from itertools import zip_longest

import pandas as pd
import streamlit as st

from analytics.beside import BESIDE, Asked, trend_of
from analytics.charts.trend import trend_picture
from analytics.trend_tables import shown_adoptions
from analytics.trends import Trend
from pages.parts.address import Address, as_plain_text
from pages.parts.chart_frame import show_picture
from pages.parts.choices import SomeOf, Years, YesNo
from pages.parts.figures import illustrative_word, indicator_board, surroundings, warehouse
from pages.parts.own_sets import edit_own_sets
from pages.parts.pickers import (
    indicator_labels,
    indicator_rows,
    pick_area,
    pick_indicator,
    usual_years,
    whole_country,
    years_held,
)
from pages.parts.result_words import people
from pages.parts.sets import pick_set
from pages.parts.source_note import show_notes, source_line
from pages.parts.tables import show_table
from pages.parts.terms import settle_depth, show_terms
from pages.parts.verdict_box import show_answer

MIDDLE_HALF = "Middle half: between the lowest and the highest quarter of all authorities."
AVERAGES = "Steadier where numbers are small: each figure stands for the three years that end with its own."
MOST_ADDED = 8

figures = warehouse()
address = Address()
whole = whole_country(figures)

st.title("Outcome trends", anchor=False)
st.markdown(f"How has an indicator changed in an authority, beside authorities like it, its region and {whole}?")

left, right = st.columns(2)
with left:
    indicator = pick_indicator(address, figures)
with right:
    area = pick_area(address, figures)
left, right = st.columns(2)
with left:
    near = pick_set(address, figures, area)
with right:
    years = Years("years", "Years", *years_held(figures), default=usual_years(figures)).draw(address)
more = SomeOf("more", "Add indicators", indicator_labels(figures), default=(), most=MOST_ADDED)
more.settle(address)
settle_depth(address)
answer = st.container()

others = dict(zip(BESIDE, ("Mean and median of the set", "Its region", whole, "Middle half"), strict=True))
beside = SomeOf("beside", "Lines beside it", others, default=BESIDE, few=True, help=MIDDLE_HALF).draw(address)
with st.container(horizontal=True, gap="medium"):
    intervals = YesNo("intervals", "95% intervals", default=True).draw(address)
    averages = YesNo("averages", "Averages of three years", default=False, help=AVERAGES).draw(address)
    from_zero = YesNo("zero", "Start the scale at zero", default=True).draw(address)
edit_own_sets(figures)
with answer:
    address.write()


def show_trend(one: pd.Series, *, added: bool = False) -> Trend:
    """Answer and chart of one indicator, and what must be known of its figures."""
    trend = trend_of(
        indicator_board(figures, one.indicator),
        surroundings(figures),
        indicator=one,
        area=area,
        near=near,
        asked=Asked(years, beside, averages, intervals),
    )
    sentence = illustrative_word(figures, trend.sentence)
    picture = trend_picture(
        trend,
        source=source_line(figures, one.source, trend.as_at),
        sentence=sentence,
        from_zero=from_zero,
        illustrative=figures.illustrative,
        small=added,
    )
    if not added:
        show_answer(sentence)
    show_picture(picture, key=f"trend_{one.indicator}", under=added, small=added, told=sentence if added else "")
    if trend.warning:
        st.markdown(f"**Take care.** {as_plain_text(illustrative_word(figures, trend.warning))}")
    if trend.notes:
        st.caption(as_plain_text(" ".join(trend.notes)))
    return trend


with answer:
    trend = show_trend(indicator)

st.header("More indicators", anchor=False)
added = more.draw(address)
for pair in zip_longest(added[::2], added[1::2]):
    for column, name in zip(st.columns(2), filter(None, pair), strict=False):
        with column:
            show_trend(indicator_rows(figures)[name], added=True)

if trend.adoptions:
    st.header(f"Practice models recorded in {trend.name}", anchor=False)
    with st.expander(f"What the register says: {people(len(trend.adoptions), 'entry', 'entries')}"):
        show_table(shown_adoptions(trend), caption=f"Register of practice models: {trend.name}")
show_terms("trends")
show_notes(figures, indicator, [b.sentence for b in trend.breaks])
