"""Studies and analyses, worked out once for a warehouse and a specification and shared by all sessions."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from analytics.analysis import Analysis, analyse
from analytics.regression_table import two_way_table
from analytics.spec import Specification
from analytics.study import Study, study
from analytics.warehouse import Warehouse
from pages.parts.figures import key_of

MOST_KEPT = 64


@st.cache_resource(max_entries=MOST_KEPT, show_spinner="Finding who can be compared ...")
def _study(build: str, key: str, _specification: Specification, _figures: Warehouse) -> Study:
    return study(_specification, _figures)


@st.cache_resource(max_entries=MOST_KEPT, show_spinner="Comparing ...")
def _analysis(build: str, key: str, _specification: Specification, _figures: Warehouse) -> Analysis:
    return analyse(_specification, _figures)


@st.cache_resource(max_entries=MOST_KEPT, show_spinner="Fitting the regression ...")
def _regression(build: str, key: str, outcome: str, _specification: Specification, _figures: Warehouse) -> pd.DataFrame:
    return two_way_table(_specification, _figures, outcome)


def study_of(figures: Warehouse, specification: Specification) -> Study:
    """Who is compared with whom."""
    return _study(key_of(figures), specification.hash, specification, figures)


def analysis_of(figures: Warehouse, specification: Specification) -> Analysis:
    """The whole analysis."""
    return _analysis(key_of(figures), specification.hash, specification, figures)


def regression_of(figures: Warehouse, specification: Specification, outcome: str) -> pd.DataFrame:
    """The two-way regression of one outcome."""
    return _regression(key_of(figures), specification.hash, outcome, specification, figures)
