"""The figures that the pages read: the warehouse now current, opened once and shared by every session."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import pandas as pd
import streamlit as st

from analytics.board import Board, board_of
from analytics.catalogue import Source, read_catalogue
from analytics.errors import AboutOutcome, NoWarehouse, PracticeError
from analytics.trends import Surroundings
from analytics.warehouse import Warehouse, current_file, location
from pages.parts.address import as_plain_text
from pages.parts.entrance import only_by_app

Value = TypeVar("Value")
HELD_OPEN = 3  # the current file and those that runs in progress may still read
_first_start = threading.Lock()


@st.cache_resource(max_entries=HELD_OPEN, show_spinner=False)
def _opened(file: Path, stamp: int) -> Warehouse:
    return Warehouse(file)


def _current() -> Warehouse:
    file = current_file(location())
    return _opened(file, file.stat().st_mtime_ns)


@st.cache_resource(max_entries=64, show_spinner=False)
def _asked(key: str, question: str, _figures: Warehouse) -> pd.DataFrame:
    return _figures.ask(question)


@st.cache_resource(show_spinner=False)
def sources() -> dict[str, Source]:
    """Every source by its id: title, publisher, address."""
    return {source.source: source for source in read_catalogue().sources}


def _made_at_first_start() -> None:
    """Build a warehouse where there is none: published extracts if they are there, else the illustrative set."""
    from data.ensure import ensure  # costly to import, and needed once

    with _first_start, st.spinner("First start: preparing the figures. This takes some seconds."):
        ensure(location())


def warehouse() -> Warehouse:
    """The warehouse that the pointer names at this moment, so that open sessions move to a new build.

    Raises
    ------
    PracticeError : nothing there, and nothing could be built
    """
    only_by_app()
    try:
        return _current()
    except NoWarehouse:
        _made_at_first_start()
        return _current()


def key_of(figures: Warehouse) -> str:
    """What tells one build from every other: where it lies, and when it was built."""
    return f"{figures.file} {figures.edition}"


def asked(figures: Warehouse, question: str) -> pd.DataFrame:
    """Answer to a question without values, asked once a warehouse; shared, so never to be written to."""
    return _asked(key_of(figures), question, figures)


@st.cache_resource(max_entries=HELD_OPEN, show_spinner="Setting out the headline figures ...")
def _headline_board(build: str, _figures: Warehouse) -> Board:
    rows = asked(_figures, "indicators")
    return board_of(_figures, rows[rows.headline], asked(_figures, "all_areas"))


def headline_board(figures: Warehouse) -> Board:
    """Every figure of the headline indicators, set out once a warehouse; shared, so never to be written to."""
    return _headline_board(key_of(figures), figures)


@st.cache_resource(max_entries=HELD_OPEN, show_spinner=False)
def _surroundings(key: str, _figures: Warehouse) -> Surroundings:
    return Surroundings(*(asked(_figures, name) for name in ("all_areas", "boundary_changes", "adoptions")))


def surroundings(figures: Warehouse) -> Surroundings:
    """The tables that every trend needs."""
    return _surroundings(key_of(figures), figures)


@st.cache_resource(max_entries=128, show_spinner=False)
def _indicator_board(key: str, indicator: str, _figures: Warehouse) -> Board:
    rows = asked(_figures, "indicators")
    return board_of(_figures, rows[rows.indicator == indicator], asked(_figures, "all_areas"))


def indicator_board(figures: Warehouse, indicator: str) -> Board:
    """Every area's and year's figure of one indicator, asked once a warehouse."""
    return _indicator_board(key_of(figures), indicator, figures)


@contextmanager
def told_plainly() -> Iterator[None]:
    """Show the sentence of an error that a reader can act on, and end the page there."""
    try:
        yield
    except PracticeError as error:
        st.error(as_plain_text(_told(error, warehouse)))
        st.stop()


def tried(work: Callable[..., Value], figures: Warehouse, *given: object) -> tuple[Value | None, str]:
    """What a piece of work on the figures gives, or None and the sentence of an error that a reader can act on."""
    try:
        return work(figures, *given), ""
    except PracticeError as error:
        return None, _told(error, lambda: figures)


def _told(error: PracticeError, figures: Callable[[], Warehouse]) -> str:
    """The sentence of an error, an outcome that it is about called by its label; of others figures need not be there."""
    if not isinstance(error, AboutOutcome):
        return str(error)
    known = asked(figures(), "indicators")
    return error.told(dict(zip(known.indicator, known.label, strict=True)))


def illustrative_word(figures: Warehouse, sentence: str) -> str:
    """A sentence about figures, marked where they are invented; one that is marked already is left alone."""
    if figures.illustrative and not sentence.startswith("Illustrative"):
        return f"Illustrative: {sentence}"
    return sentence
