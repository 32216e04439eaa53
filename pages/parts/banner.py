"""The banner over invented figures, on every page."""

from __future__ import annotations

import streamlit as st

from analytics.charts.picture import ILLUSTRATIVE
from analytics.warehouse import Warehouse
from pages.parts.fetch import can_download

INVENTED = "Every authority and figure here is invented, to show how the pages work."
HOW = """To load published statistics from a terminal:

1. Put the Department for Education's files (CSV) into `data/extracts/`, or have them fetched: `python -m data download`
2. Build: `python -m data build`. Files elsewhere: `python -m data build --from FOLDER`

Open pages move to the new figures by themselves."""


def show_banner(figures: Warehouse) -> None:
    """Say that figures are invented, where they are, and how to load published ones."""
    if not figures.illustrative:
        return
    with st.container(key="banner", horizontal=True, vertical_alignment="top"):
        st.markdown(f"**{ILLUSTRATIVE}**", width="content")
        with st.popover("Load published statistics", type="tertiary"):
            st.markdown(INVENTED)
            if can_download():
                st.page_link("pages/data.py", label="Download published statistics")
            st.markdown(HOW)
