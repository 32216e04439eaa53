"""Taking a view away: its address, and what goes with every file made of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlencode

import streamlit as st
from streamlit.runtime.context_util import maybe_add_page_path
from streamlit.runtime.scriptrunner import StopException, get_script_run_ctx

from analytics.provenance import Provenance
from analytics.report.citation import PROJECT, figures_words, licence_line, version
from analytics.trends import day_words
from pages.parts.figures import sources, warehouse


def view_address() -> str:
    """Address of the page as it is now, with every choice; without the host where no browser has told it."""
    context = get_script_run_ctx()
    here = st.context.url or (maybe_add_page_path("", context.pages_manager) if context else "")
    choices = urlencode(st.query_params.to_dict(), safe=",:~")
    return f"{here}?{choices}" if choices else here


def provenance() -> Provenance:
    """What goes with a chart or table of the current figures that is taken away from this view."""
    figures = warehouse()
    return Provenance(
        program=f"{PROJECT}, version {version()}",
        figures=figures_words(illustrative=figures.illustrative, edition=figures.edition),
        link=view_address(),
        licence=licence_line(sources().values(), illustrative=figures.illustrative),
        data_as_at=day_words(figures.meta.get("data_as_at")),
        built=figures.meta.get("built", ""),
    )


@contextmanager
def with_address_below() -> Iterator[None]:
    """Put the address of the view at the foot of a page, also of one that ends early to wait for the reader."""
    try:
        yield
    except StopException:
        _offer_address()
        raise
    _offer_address()


def _offer_address() -> None:
    with st.expander("Copy this view’s address", key="view_address"):
        st.caption(
            "It holds every choice made on this page. Point at it, or move to it with the Tab key, for a button that copies it."
        )
        st.code(view_address(), language=None, wrap_lines=True)
