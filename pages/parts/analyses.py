"""Studies and analyses, worked out once for a warehouse and a specification and shared by all sessions."""

from __future__ import annotations

import time

import pandas as pd
import streamlit as st

from analytics.across import Across, every_model
from analytics.analysis import Analysis, Survey, analyse, survey
from analytics.grid import Dimension, combinations, dimensions, grid
from analytics.group_time_table import before_sentence, means_table
from analytics.power import Plan, plan
from analytics.regression_table import two_way_table
from analytics.spec import Specification
from analytics.study import Study, study
from analytics.synthetic import Synthetic
from analytics.synthetic import synthetic_of as synthetic
from analytics.warehouse import Warehouse
from analytics.wording import progress_text
from pages.parts.figures import key_of

MOST_KEPT = 64


@st.cache_resource(max_entries=MOST_KEPT, show_spinner="Finding who can be compared ...")
def _study(build: str, key: str, _specification: Specification, _figures: Warehouse) -> Study:
    return study(_specification, _figures)


@st.cache_resource(max_entries=MOST_KEPT, show_spinner="Comparing ...")
def _analysis(build: str, key: str, _found: Study, _figures: Warehouse) -> Analysis:
    return analyse(_found.specification, _figures, found=_found)


@st.cache_resource(max_entries=MOST_KEPT, show_spinner="Fitting the regression ...")
def _regression(build: str, key: str, outcome: str, _specification: Specification, _figures: Warehouse) -> pd.DataFrame:
    return two_way_table(_specification, _figures, outcome)


def study_of(figures: Warehouse, specification: Specification) -> Study:
    """Who is compared with whom."""
    return _study(key_of(figures), specification.hash, specification, figures)


def analysis_of(figures: Warehouse, specification: Specification) -> Analysis:
    """The whole analysis."""
    found = study_of(figures, specification)
    return _analysis(key_of(figures), specification.hash, found, figures)


@st.cache_resource(max_entries=MOST_KEPT, show_spinner="Working out the four means ...")
def _means(build: str, key: str, outcome: str, _found: Study) -> tuple[pd.DataFrame, str]:
    return means_table(_found, outcome), before_sentence(_found, outcome)


def means_of(figures: Warehouse, found: Study, outcome: str) -> tuple[pd.DataFrame, str]:
    """Callaway and Sant'Anna's four means of one outcome, and the joint test of the years before."""
    return _means(key_of(figures), found.specification.hash, outcome, found)


@st.cache_resource(max_entries=MOST_KEPT, show_spinner="Putting placebos in the adopters’ place ...")
def _synthetic(build: str, key: str, outcome: str, _found: Study) -> Synthetic:
    return synthetic(_found, outcome)


def synthetic_of(figures: Warehouse, found: Study, outcome: str) -> Synthetic:
    """The adopters beside their synthetic selves, for one outcome."""
    return _synthetic(key_of(figures), found.specification.hash, outcome, found)


def regression_of(figures: Warehouse, specification: Specification, outcome: str) -> pd.DataFrame:
    """The two-way regression of one outcome."""
    return _regression(key_of(figures), specification.hash, outcome, specification, figures)


def _told(words: str, total: int):
    """A progress bar that says how many of how many are done and how long the rest will take, and what moves it."""
    bar, began = st.progress(0.0, text=words), time.monotonic()

    def move(share: float) -> None:
        bar.progress(min(share, 1.0), text=progress_text(words, share, total, time.monotonic() - began))

    return bar, move


@st.cache_resource(max_entries=MOST_KEPT, show_spinner=False)
def _survey(build: str, key: str, _specification: Specification, _figures: Warehouse) -> Survey:
    bar, move = _told("Comparing every outcome", len(_specification.outcomes))
    found = survey(_specification, _figures, progress=move)
    bar.empty()
    return found


@st.cache_resource(max_entries=MOST_KEPT, show_spinner=False)
def _across(
    build: str, key: str, models: tuple[str, ...], _specification: Specification, _figures: Warehouse
) -> Across:
    bar, move = _told("Comparing every model", len(models))
    found = every_model(_specification, _figures, models, progress=move)
    bar.empty()
    return found


@st.cache_resource(max_entries=MOST_KEPT, show_spinner="Drawing pretended adopters ...")
def _plan(build: str, key: str, outcome: str, size: str, _specification: Specification, _figures: Warehouse) -> Plan:
    return plan(_specification, _figures, outcome, size=size)


@st.cache_resource(max_entries=MOST_KEPT, show_spinner=False)
def _grid(
    build: str,
    key: str,
    outcome: str,
    keys: tuple[str, ...],
    _dimensions: tuple[Dimension, ...],
    _specification: Specification,
    _figures: Warehouse,
) -> pd.DataFrame:
    bar, move = _told("Asking in every way", combinations(_dimensions))
    found = grid(_specification, _figures, outcome, _dimensions, progress=move)
    bar.empty()
    return found


def survey_of(figures: Warehouse, specification: Specification) -> Survey:
    """Every outcome of the specification that can be judged."""
    return _survey(key_of(figures), specification.hash, specification, figures)


def across_of(figures: Warehouse, specification: Specification, models: tuple[str, ...]) -> Across:
    """The specification's outcome for each model."""
    return _across(key_of(figures), specification.hash, models, specification, figures)


def plan_of(figures: Warehouse, specification: Specification, outcome: str, size: str) -> Plan:
    """What a number of adopters could show."""
    return _plan(key_of(figures), specification.hash, outcome, size, specification, figures)


@st.cache_resource(max_entries=MOST_KEPT, show_spinner=False)
def _dimensions(build: str, key: str, _specification: Specification, _figures: Warehouse) -> tuple[Dimension, ...]:
    return dimensions(_specification, _figures)


def dimensions_of(figures: Warehouse, specification: Specification) -> tuple[Dimension, ...]:
    """Choices that can be varied in a grid."""
    return _dimensions(key_of(figures), specification.hash, specification, figures)


def grid_of(
    figures: Warehouse, specification: Specification, outcome: str, dimensions: tuple[Dimension, ...]
) -> pd.DataFrame:
    """The specification asked in every way that the dimensions allow."""
    keys = tuple(f"{d.key}:{'|'.join(d.options)}" for d in dimensions)
    return _grid(key_of(figures), specification.hash, outcome, keys, dimensions, specification, figures)
