"""The way in: a page is only ever run by app.py.

The first session of a server that opens at a page's own address finds Streamlit not yet told of `st.navigation`, so it
takes every file in pages/ for a page and runs it alone: without app.py, and so without the banner over invented figures.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

import streamlit as st
from streamlit.runtime.pages_manager import PagesManager
from streamlit.runtime.scriptrunner import get_script_run_ctx

_in_app: ContextVar[bool] = ContextVar("in_app", default=False)


@contextmanager
def run_by_app() -> Iterator[None]:
    """Round what app.py runs."""
    token = _in_app.set(True)
    try:
        yield
    finally:
        _in_app.reset(token)


def only_by_app() -> None:
    """Start this run again through app.py where a page was run alone; a fragment of a page may be."""
    if not (_in_app.get() or getattr(get_script_run_ctx(), "fragment_ids_this_run", None)):
        PagesManager.uses_pages_directory = False
        st.rerun()
