"""What is loaded here, what is missing, what was refused, and how to add to it."""

from __future__ import annotations

import streamlit as st

from analytics.charts.coverage import coverage_picture
from pages.parts.address import Address
from pages.parts.changed import settle_changes, show_changes
from pages.parts.chart_frame import offer_table, show_picture
from pages.parts.choices import YesNo
from pages.parts.fetch import can_download, offer_download, was_asked_for
from pages.parts.figures import asked, illustrative_word, warehouse
from pages.parts.source_note import (
    disagreement_sentence,
    extract_sentence,
    file_notes,
    shown_disagreements,
    shown_edition,
    shown_extracts,
    shown_next_due,
    shown_rejected,
)
from pages.parts.tables import show_table
from pages.parts.verdict_box import show_answer

figures = warehouse()
address = Address()
read_from = {"source": f"Source: this warehouse, {figures.edition}.", "illustrative": figures.illustrative}

every = YesNo("all", "Show every indicator, not only headline ones", default=False)

st.title("Data", anchor=False)
st.markdown("What is loaded here, how complete is it, and what was refused?")
settle_changes(figures, address)
every.settle(address)
address.write()
extracts, rejected = asked(figures, "extracts"), asked(figures, "rejected")
coverage, indicators = asked(figures, "coverage"), asked(figures, "indicators")
show_answer(illustrative_word(figures, extract_sentence(asked(figures, "extract_totals").iloc[0])))

st.header("What is loaded", anchor=False)
table = shown_extracts(extracts)
show_table(table, caption="Published files read", numbers=table.columns[1:])
offer_table(lambda: extracts, "extracts", "extracts", title="Published files read", **read_from)
for note in file_notes(extracts):
    st.markdown(note)
st.markdown(
    "Every cell of a file is counted once: kept, out of scope (another breakdown, another level, an older edition), or "
    "rejected. Figures that are worked out here from a list, such as Ofsted’s judgement in force, are no cells of a file and "
    "are not counted."
)

st.header("What changed since the build before", anchor=False)
show_changes(figures, address)

st.header("How complete it is", anchor=False)
slot = st.container()
wanted = indicators if every.draw(address) else indicators[indicators.headline]
with slot:
    show_picture(
        coverage_picture(
            coverage[coverage.indicator.isin(wanted.indicator)],
            **read_from,
        ),
        key="coverage",
        under=True,
    )

st.header("What was refused", anchor=False)
if rejected.empty:
    st.markdown("No cell was rejected.")
else:
    table = shown_rejected(rejected)
    show_table(table, caption="Rejected cells", numbers=("Line", "Cells"), tall=True)
    offer_table(lambda: rejected, "rejected", "rejected", title="Rejected cells", **read_from)

st.header("Where sources disagree", anchor=False)
disagreements = asked(figures, "disagreements")
st.markdown(disagreement_sentence(disagreements))
if len(disagreements):
    table = shown_disagreements(disagreements)
    show_table(
        table, caption="Figures that two sources give differently", numbers=("Year", "Shown", "Otherwise"), tall=True
    )
    title = "Figures that two sources give differently"
    offer_table(lambda: disagreements, "disagreements", "disagreements", title=title, **read_from)

st.header("When new figures are due", anchor=False)
if figures.illustrative:
    st.markdown("These figures are invented: no new ones are due.")
else:
    table = shown_next_due(asked(figures, "next_due"))
    show_table(table, caption="When new figures are due, as their publishers have announced", numbers=("Newest year",))

if can_download() or was_asked_for():
    st.header("Download published statistics", anchor=False)
    offer_download()

st.header("How to add published files", anchor=False)
st.markdown(
    """
1. Put the files as published (CSV, Parquet, Excel or OpenDocument) into `data/extracts/`, in folders or not. Do not edit them.
2. Check them first, if you like: `python -m data check FILE`. It names file, line, column and remedy.
3. Build: `python -m data build`, or `python -m data build --from FOLDER` for files kept elsewhere.

A build that fails leaves these figures in place. Open pages move to new figures by themselves.
A newer edition of a table replaces the older one, and the older one's cells are counted as out of scope.
"""
)

st.header("Which edition this is", anchor=False)
show_table(shown_edition(figures), caption="This warehouse")
