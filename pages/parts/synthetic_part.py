"""What synthetic control adds to a result: the two paths, placebos in space, and the mixes."""

from __future__ import annotations

import streamlit as st

from analytics.analysis import Result
from analytics.charts.synthetic import (
    open_sentence,
    path_picture,
    placebo_picture,
    ratio_sentence,
    size_sentence,
    spread_sentence,
)
from analytics.study import Study
from analytics.warehouse import Warehouse
from pages.parts import synthetic_words as words
from pages.parts.address import as_plain_text
from pages.parts.analyses import synthetic_of
from pages.parts.chart_frame import show_picture
from pages.parts.figures import illustrative_word
from pages.parts.tables import show_table


def show_synthetic(figures: Warehouse, study: Study, result: Result, *, source: str, stem: str) -> None:
    """The adopters beside their synthetic selves."""
    found = synthetic_of(figures, study, result.indicator.indicator)
    drawn = {"source": source, "stem": stem, "illustrative": figures.illustrative}
    left, right = st.container(key="pair_synthetic").columns(2)
    with left:
        show_picture(path_picture(result, found, **drawn), key="synthetic", under=True)
    with right:
        show_picture(placebo_picture(result, found, **drawn), key="placebos", under=True)
    for sentence in (size_sentence(result, found), ratio_sentence(result, found)):
        st.markdown(as_plain_text(illustrative_word(figures, sentence)))
    st.subheader(as_plain_text(words.title_of(found)), anchor=False)
    for sentence in filter(None, (spread_sentence(result, found), open_sentence(found))):
        st.markdown(as_plain_text(illustrative_word(figures, sentence)))
    if len(found.adopters) == 1:
        table = words.mix_table(result, found)
        show_table(table, caption="The largest parts of the mix", numbers=table.columns[1:])
    else:
        table = words.mixes_table(result, found)
        show_table(table, caption="Each adopter’s mix", numbers=table.columns[2:], tall=len(table) > 6)
    with st.expander("Every authority in a mix"):
        table = words.every_part_table(result, found)
        show_table(table, caption="Every authority in a mix", numbers=table.columns[2:], tall=True)
