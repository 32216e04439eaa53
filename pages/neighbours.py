"""Who are an authority's statistical neighbours by the lists of 2021 and 2025, and by a model of the reader's own?"""

from __future__ import annotations

from functools import partial

import streamlit as st

from analytics.charts.neighbour_means import neighbour_means_picture
from analytics.neighbour_lists import disagreements
from analytics.neighbours import MODELS, OWN
from pages.parts import near_words as words
from pages.parts.address import Address, as_plain_text
from pages.parts.chart_frame import offer_table, show_picture
from pages.parts.figures import asked, headline_board, illustrative_word, warehouse
from pages.parts.near import average_of, lists_of, shifts_between
from pages.parts.own_model import draw_weights, settle_model, show_not_offered, sources_weighed
from pages.parts.pickers import pick_area
from pages.parts.source_note import sources_line
from pages.parts.tables import show_table
from pages.parts.terms import settle_depth, show_terms
from pages.parts.verdict_box import show_answer

figures = warehouse()
address = Address()
official = tuple(model for model in MODELS if model in set(asked(figures, "neighbour_models").model))


def marked(sentence: str) -> str:
    """A sentence about these figures, marked where they are invented."""
    return illustrative_word(figures, sentence)


st.title("Statistical neighbours", anchor=False)
st.markdown("Which authorities is one set beside, what changed between the lists, and does it matter which is used?")
area = pick_area(address, figures)
name, code = area["name"], area.area_code
settle_depth(address)
placed, trouble = settle_model(address, figures)
address.write()
found = lists_of(figures, code, placed)
whose = "Invented lists" if figures.illustrative else "Lists by the Department for Education"
note = sources_line(figures, ["neighbours"], dated=False)

show_answer(marked(words.lists_sentence(found, name, official)))
if any(model in found.held for model in official):
    st.header("Who is on which list", anchor=False)
    st.markdown(
        f"{whose}, April 2021 and May 2025, the nearest first, with how close each one is. Practice models as the "
        "register records them."
    )
    show_table(words.lists_table(found), caption=marked(f"Neighbours of {name}"), stacked=True, named=True)
    st.caption(as_plain_text(note))
    offer_table(
        partial(words.lists_raw, found),
        f"{name}-neighbours",
        "lists",
        source=note,
        illustrative=figures.illustrative,
        title=f"Neighbours of {name}",
    )

if len(found.held) > 1:
    older, newer = found.held[:2]
    board = headline_board(figures)
    shifts = shifts_between(figures, area, found, older, newer, placed.model if placed else None)
    sentence = marked(words.shift_sentence(shifts, name, older, newer))
    picture = neighbour_means_picture(
        shifts,
        name,
        {model: words.LISTS[model] for model in found.held},
        source=sources_line(figures, [*board.indicators.source, "neighbours"]),
        sentence=sentence,
        stem=f"{name}-neighbour-means",
        illustrative=figures.illustrative,
    )
    st.header("What the choice of list changes", anchor=False)
    show_answer(sentence)
    st.markdown(as_plain_text(words.most_sentence(shifts)))
    show_picture(picture, key="means", under=True)
    st.caption(words.MARKS)

st.header("A neighbour model of your own", anchor=False)
st.markdown(
    "Choose which traits of families and places make two authorities alike, and how much each counts: 0 leaves one out. "
    "Only what services find is offered, never what they do. The model goes with the address of this page, and can be "
    "chosen wherever comparators are: “Neighbours by my own model”."
)
draw_weights(address, figures)
if trouble:
    st.error(as_plain_text(trouble))
else:
    show_answer(marked(words.own_sentence(placed, found, code, name)))
    if placed.same:
        st.markdown(words.same_sentence(placed))
    if code in placed.at:
        table = words.own_table(placed, code, [model for model in official if model in found.held], found)
        show_table(
            table,
            caption=marked(f"Nearest to {name} by the own model"),
            numbers=table.columns[1:3],
            stacked=True,
            named=True,
        )
        st.caption(as_plain_text(sources_line(figures, sources_weighed(figures, placed))))
    newest = official[-1] if official else ""
    if newest in found.held and OWN in found.held:
        st.header(f"Where the own model and the {newest} list disagree", anchor=False)
        st.markdown(
            as_plain_text(marked(words.agreement_sentence(found, name, newest, average_of(figures, placed, newest))))
        )
        rows = disagreements(code, found, newest, OWN, placed)
        if rows:
            show_table(
                words.disagreements_table(rows, newest),
                caption=marked("On one of the two, not on the other"),
                stacked=True,
                named=True,
            )
    if len(placed.not_placed):
        with st.expander(f"Authorities that the own model cannot place, and why ({len(placed.not_placed)})"):
            show_table(words.not_placed_table(placed), caption="Not placed", stacked=True, named=True)
    with st.expander("The own model in a specification, for Impact and the command line"):
        st.code(words.specification_text(placed), language="toml")
show_not_offered(figures)
show_terms("neighbours")
