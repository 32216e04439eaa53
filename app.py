"""Page table, theme and data banner; nothing else."""

from __future__ import annotations

import atexit
import gc
from pathlib import Path

import streamlit as st

import analytics.analysis
import analytics.charts.picture  # noqa: F401
from pages.parts.banner import show_banner
from pages.parts.entrance import run_by_app
from pages.parts.figures import told_plainly, warehouse
from pages.parts.takeaway import with_address_below

HERE = Path(__file__).parent

PAGES = {
    "": [st.Page("pages/start.py", title="Start", default=True)],
    "Directors": [
        st.Page("pages/trends.py", title="Outcome trends", url_path="trends"),
        st.Page("pages/profile.py", title="Authority profile", url_path="profile"),
        st.Page("pages/neighbours.py", title="Statistical neighbours", url_path="neighbours"),
        st.Page("pages/authorities.py", title="All authorities", url_path="authorities"),
    ],
    "Researchers": [
        st.Page("pages/impact.py", title="Impact", url_path="impact"),
        st.Page("pages/many.py", title="Many at once", url_path="many"),
        st.Page("pages/planner.py", title="Power planner", url_path="planner"),
    ],
    "About": [st.Page("pages/data.py", title="Data", url_path="data")],
}


@st.cache_resource(show_spinner=False)
def _imports_frozen() -> bool:
    """Leave what was imported out of garbage collection: a third off a rerun's time."""
    gc.freeze()
    atexit.register(
        gc.unfreeze
    )  # else what is frozen is never freed, and DuckDB's binding reports leaks on the way out
    return True


_imports_frozen()
st.set_page_config(page_icon=str(HERE / "static" / "icon.png"), layout="wide", initial_sidebar_state=264)
page = st.navigation(PAGES)
st.set_page_config(page_title=f"{page.title} - Practice Compared")
st.html(HERE / "static" / "look.css")
with run_by_app(), with_address_below(), told_plainly():
    show_banner(warehouse())
    page.run()
