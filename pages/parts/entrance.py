"""The way in: a page is only ever run by app.py.

The first session of a server that opens at a page's own address finds Streamlit not yet told of `st.navigation`, so it
takes every file in pages/ for a page and runs it alone: without app.py, and so without the banner over invented figures.
"""

from __future__ import annotations

import streamlit as st
from streamlit.runtime.pages_manager import PagesManager

CAME_IN = "came_in_by_app"


def came_in_by_app() -> None:
    """Note that app.py runs this session."""
    st.session_state[CAME_IN] = True


def only_by_app() -> None:
    """Start this run again through app.py where a page was run alone."""
    if CAME_IN not in st.session_state:
        PagesManager.uses_pages_directory = False
        st.rerun()
