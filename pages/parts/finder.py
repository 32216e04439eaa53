"""Finding an indicator or an authority by what a reader calls it, beside the list it is chosen from."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd
import streamlit as st

from analytics.also_called import Called
from analytics.finding import Findings, Index, index_of
from analytics.warehouse import Warehouse
from pages.parts.address import as_plain_text
from pages.parts.figures import asked, key_of, sources
from pages.parts.result_words import people

MOST_SHOWN = 12  # results; another word narrows them faster than a longer list would
EVERY_THEME = "Every theme"


@st.cache_resource(max_entries=8, show_spinner=False)
def _index(build: str, _figures: Warehouse) -> Index:
    return index_of(asked(_figures, "indicators"))


def offer_indicators(figures: Warehouse, chosen_in: str) -> None:
    """A button that opens a search of all indicators; choosing one there chooses it under a widget's key."""
    opened = f"find_{chosen_in}"
    with st.popover("Find an indicator", type="tertiary", key=opened, on_change="rerun") as place:
        if not place.open:
            return
        typed = st.text_input(
            "Words of its title, theme or definition",
            key=f"{opened}_typed",
            placeholder="such as: plans two years, CIN, agency",
            help="Parts of words and short forms (LAC, CIN, S47, NEET) are understood. Press Enter to search.",
        )
        rows = asked(figures, "indicators").set_index("indicator")
        themes = [EVERY_THEME, *sorted(rows.theme.unique())]
        theme = st.selectbox("Theme", themes, key=f"{opened}_theme")
        if not typed.strip() and theme == EVERY_THEME:
            st.markdown(f"{people(len(rows), 'indicator is', 'indicators are')} held. Type a word, or choose a theme.")
            return
        found = _index(key_of(figures), figures).find(typed, theme="" if theme == EVERY_THEME else theme)
        st.markdown(as_plain_text(found_sentence(found)))
        for name in found.indicators[:MOST_SHOWN]:
            _offer(rows.loc[name].label, indicator_line(rows.loc[name]), (chosen_in, name, opened))


def found_sentence(found: Findings) -> str:
    """How many were found, and what was looked for instead of a word that nothing has."""
    mended = "".join(f" Nothing has “{word}”: looked for “{instead}”." for word, instead in found.mended.items())
    if not found.indicators:
        return f"No indicator has these words.{mended}"
    number = people(len(found.indicators), "indicator", "indicators")
    kept = (
        f"{number} found"
        if found.every_word
        else f"No indicator has all of these words; {number} with the most of them"
    )
    more = f", the nearest {MOST_SHOWN} below" if len(found.indicators) > MOST_SHOWN else ""
    return f"{kept}{more}.{mended}"


def indicator_line(row: pd.Series) -> str:
    """'Child protection · % · 2013 to 2025 · Children in need'."""
    known = sources().get(row.source)
    years = (
        f"{row.first_year:.0f} to {row.last_year:.0f}" if row.first_year != row.last_year else f"{row.last_year:.0f}"
    )
    return " · ".join((row.theme, row.unit, years, known.title if known else row.source))


def offer_areas(figures: Warehouse, called: Called, chosen_in: str) -> None:
    """A button that opens a search of all authorities, by code and former name too."""
    opened = f"find_{chosen_in}"
    with st.popover("Find by code or other name", type="tertiary", key=opened, on_change="rerun") as place:
        if not place.open:
            return
        typed = st.text_input(
            "Name, former name, abbreviation or code",
            key=f"{opened}_typed",
            placeholder="such as: Herts, Saint Helens, Cumbria, 850",
            help="Press Enter to search.",
        )
        found = called.find(typed)
        if typed.strip():
            st.markdown(as_plain_text(areas_sentence(found)))
        rows = asked(figures, "areas").set_index("area_code")
        for code in found[:MOST_SHOWN]:
            row = rows.loc[code]
            known_as = filter(None, (row.region, code, row.old_code))
            _offer(called.labels[code], " · ".join(known_as), (chosen_in, code, opened))


def areas_sentence(found: Iterable[str]) -> str:
    """How many authorities were found."""
    number = len(tuple(found))
    more = f", the first {MOST_SHOWN} below" if number > MOST_SHOWN else ""
    return f"{people(number, 'authority', 'authorities')} found{more}." if number else "No authority is called that."


def _offer(label: str, under: str, chosen: tuple[str, str, str]) -> None:
    """One result: a button, and what it is in small print."""
    _, value, opened = chosen
    with st.container(gap=None):
        st.button(as_plain_text(label), key=f"{opened}_{value}", type="tertiary", on_click=_chosen, args=chosen)
        st.caption(as_plain_text(under))


def _chosen(key: str, value: str, opened: str) -> None:
    st.session_state[key] = value
    st.session_state[opened] = False
