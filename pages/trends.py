"""How has an indicator changed in an authority, beside its statistical neighbours, its region and England?"""

from __future__ import annotations

import pandas as pd
import streamlit as st

from analytics.charts.trend import trend_picture
from analytics.trends import NEIGHBOUR_MODEL, Trend, shown_adoptions, trend_of
from pages.parts.address import Address, as_plain_text
from pages.parts.chart_frame import show_picture
from pages.parts.choices import SomeOf, Years, YesNo
from pages.parts.figures import asked, illustrative_word, surroundings, warehouse
from pages.parts.pickers import (
    has_neighbours,
    indicator_labels,
    pick_area,
    pick_indicator,
    usual_years,
    whole_country,
    years_held,
)
from pages.parts.result_words import people
from pages.parts.source_note import show_notes, source_line
from pages.parts.tables import show_table
from pages.parts.verdict_box import show_answer

MIDDLE_HALF = "Middle half: between the lowest and the highest quarter of all authorities."
NEAR = f"Statistical neighbours: the ten nearest by the Department for Education’s {NEIGHBOUR_MODEL} model; their plain mean."
INVENTED_NEAR = f"Statistical neighbours: the ten nearest by an invented list of {NEIGHBOUR_MODEL}; their plain mean."
MOST_ADDED = 4

figures = warehouse()
address = Address()
whole = whole_country(figures)
others = {"neighbours": "Statistical neighbours", "region": "Its region", "england": whole, "spread": "Middle half"}
if not has_neighbours(figures):
    del others["neighbours"]

st.title("Outcome trends", anchor=False)
near = "statistical neighbours, " if "neighbours" in others else ""
st.markdown(f"How has an indicator changed in an authority, beside its {near}region and {whole}?")

near_help = INVENTED_NEAR if figures.illustrative else NEAR
help_ = f"{near_help} {MIDDLE_HALF}" if near else MIDDLE_HALF
left, right = st.columns(2)
with left:
    indicator = pick_indicator(address, figures)
    beside = SomeOf("beside", "Beside", others, default=tuple(others), few=True, help=help_).draw(address)
with right:
    area = pick_area(address, figures)
    years = Years("years", "Years", *years_held(figures), default=usual_years(figures)).draw(address)
more = SomeOf("more", "Add indicators", indicator_labels(figures), default=(), most=MOST_ADDED)
more.settle(address)
answer = st.container()
from_zero = YesNo("zero", "Start the scale at zero", default=True).draw(address)
with answer:
    address.write()


def show_trend(one: pd.Series, *, added: bool = False) -> Trend:
    """Answer and chart of one indicator."""
    trend = trend_of(figures, surroundings(figures), indicator=one, area=area, beside=beside, years=years)
    sentence = illustrative_word(figures, trend.sentence)
    picture = trend_picture(
        trend,
        source=source_line(figures, one.source, trend.as_at),
        sentence=sentence,
        from_zero=from_zero,
        illustrative=figures.illustrative,
    )
    if added:
        st.markdown(as_plain_text(sentence))
    else:
        show_answer(sentence)
    show_picture(picture, key=f"trend_{one.indicator}", under=added)
    return trend


with answer:
    trend = show_trend(indicator)

st.header("More indicators", anchor=False)
added = more.draw(address)
rows = asked(figures, "indicators").set_index("indicator", drop=False)
for pair in filter(None, (added[:2], added[2:])):
    for column, name in zip(st.columns(2), pair, strict=False):
        with column:
            show_trend(rows.loc[name], added=True)

if trend.adoptions:
    st.header(f"Practice models recorded in {trend.name}", anchor=False)
    with st.expander(f"What the register says: {people(len(trend.adoptions), 'entry', 'entries')}"):
        show_table(shown_adoptions(trend), caption=f"Register of practice models: {trend.name}")
show_notes(figures, indicator, [b.sentence for b in trend.breaks])
