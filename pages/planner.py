"""How large would a change have to be to be seen, with so many adopters and so many years?"""

from __future__ import annotations

import streamlit as st

from analytics.charts.power import power_picture
from analytics.power import SIZES
from pages.parts.address import Address, as_plain_text
from pages.parts.analyses import plan_of
from pages.parts.chart_frame import show_picture
from pages.parts.choices import OneOf, Years
from pages.parts.figures import asked, illustrative_word, tried, warehouse
from pages.parts.pickers import pick_indicator, usual_years
from pages.parts.plan_words import METHOD, SIZE_WORDS, indicator_of, later_sentence, plan_sentence, planned
from pages.parts.source_note import source_line
from pages.parts.terms import settle_depth, show_terms
from pages.parts.verdict_box import show_answer

figures = warehouse()
address = Address()

st.title("Power planner", anchor=False)
st.markdown(
    "How large would a change have to be to be seen? For anyone who plans to adopt a practice model, or to evaluate one, "
    "before there is a result to look at."
)
left, right = st.columns(2)
with left:
    row = pick_indicator(address, figures, "Outcome")
    adopters = OneOf(
        "adopters", "Adopters", {str(n): str(n) for n in (1, 2, 3, 5, 8, 10, 15, 20, 30)}, default="5"
    ).draw(address)
    size = OneOf("size", "How large are they", {s: SIZE_WORDS[s] for s in SIZES}, default="any").draw(address)
with right:
    before = OneOf("before", "Years of figures before", {str(n): str(n) for n in (3, 5, 7)}, default="5").draw(address)
    after = OneOf("after", "Years of figures after", {str(n): str(n) for n in (1, 2, 3, 5)}, default="3").draw(address)
    years = Years("window", "Learn from the years", *usual_years(figures)).draw(address)
settle_depth(address)
address.write()

specification = planned(row.indicator, years)
found, trouble = tried(plan_of, figures, specification, row.indicator, size)
if trouble:
    st.error(as_plain_text(trouble))
    st.stop()
show_answer(illustrative_word(figures, plan_sentence(found, row, int(adopters), int(before), int(after))))
if later := later_sentence(found, int(adopters), int(before)):
    st.markdown(later)
source = source_line(figures, row.source)
known = asked(figures, "indicators").set_index("indicator", drop=False).loc[row.indicator]
show_picture(
    power_picture(
        found,
        indicator_of(known),
        before=int(before),
        source=source,
        stem=f"planner-{row.indicator}",
        illustrative=figures.illustrative,
    ),
    key="plan",
)
with st.expander("How this is worked out"):
    st.markdown(METHOD)
show_terms("planner")
