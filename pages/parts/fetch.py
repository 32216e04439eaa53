"""Published statistics fetched from a page: the button, how far it has come, what became of every table.

What fetches and builds is costly to import and seldom needed: it is imported where it is used.
"""

from __future__ import annotations

import os
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

from analytics.areas import INVENTED
from analytics.errors import PracticeError
from analytics.warehouse import location
from pages.parts.address import as_plain_text
from pages.parts.pickers import AREA

if TYPE_CHECKING:
    from data.download import Step

ASKED = "download_asked"
DONE = "download_done"  # what became of the last download, in this session
SECONDS_BETWEEN = 0.3
UNCHANGED = "What was here before is unchanged."
EXTRACTS = Path(__file__).parents[2].joinpath("data", "extracts")  # as in data/ensure.py


@dataclass(frozen=True)
class Done:
    """What became of a download: a sentence, a line a table that is missing, and what a technician asks for."""

    headline: str
    missing: tuple[tuple[str, str], ...] = ()  # title, and the address where a person finds it
    by_hand: str = ""
    details: tuple[str, ...] = ()
    is_loaded: bool = False


def can_download() -> bool:
    """Whether published files, and a warehouse made from them, can be written here."""
    return _can_write(EXTRACTS) and _can_write(location())


def _can_write(place: Path) -> bool:
    folder = place if place.is_dir() or not place.suffix else place.parent
    there = next((each for each in (folder, *folder.parents) if each.exists()), folder)
    return there.is_dir() and os.access(there, os.W_OK)


def was_asked_for() -> bool:
    """Whether there is a download of this session to tell of."""
    return DONE in st.session_state


def offer_download(*, told_only: bool = False) -> None:
    """What became of a download that was asked for; then the button, where the folder can be written.

    Parameters
    ----------
    told_only : leave the button out
    """
    _tell_done()
    if told_only or not can_download():
        return
    st.markdown(
        "The files are fetched from their publishers, some tens of megabytes, and the figures are built from them. "
        "This takes a few minutes. Leaving or changing this page stops it; what was here before then stays as it was."
    )
    st.button("Download published statistics", key="download", on_click=_ask)
    if st.session_state.pop(ASKED, False):
        _run()


def _ask() -> None:
    st.session_state.pop(DONE, None)
    st.session_state[ASKED] = True


def _tell_done() -> None:
    done = st.session_state.get(DONE)
    if not done:
        return
    (st.success if done.is_loaded else st.error)(as_plain_text(done.headline))
    if done.missing:
        st.markdown("\n".join(f"- Not fetched: [{as_plain_text(title)}]({at})" for title, at in done.missing))
        st.markdown(as_plain_text(done.by_hand))
    if done.details:
        with st.expander("What each way to each table answered"):
            st.markdown("\n".join(f"- {as_plain_text(line.strip())}" for line in done.details))


def _run() -> None:
    """Fetches, builds, and starts the run again, so that this session shows the new figures."""
    with st.status("Looking for the published tables", expanded=True) as status:
        try:
            st.session_state[DONE] = _fetched_and_built(status)
        except PracticeError as error:
            st.session_state[DONE] = Done(f"Not loaded: {error} {_unchanged(str(error))}".strip())
        except Exception as error:  # whatever it was, a reader is told in a sentence
            said = f"{type(error).__name__}: {error}".splitlines()[0]
            st.session_state[DONE] = Done(f"Not loaded, by a fault of this program ({said}). {UNCHANGED}")
    st.rerun()


def _unchanged(said: str) -> str:
    return "" if "unchanged" in said else UNCHANGED


def _fetched_and_built(status: st.delta_generator.DeltaGenerator) -> Done:
    from data.build import build
    from data.download import download
    from data.fetching.ways import by_hand

    found = download(EXTRACTS, watch=_Watch(status).show)
    told = Done(
        f"{found.headline} Nothing was built. {UNCHANGED}",
        tuple((each.wanted.title, each.address) for each in found.missing),
        by_hand(EXTRACTS),
        tuple(found.details()),
    )
    if not found.fetched:
        return told
    status.update(label="Building the figures")
    try:
        report = build([EXTRACTS], location())
    except PracticeError as error:
        return replace(told, headline=f"{found.headline} But not built: {error} {_unchanged(str(error))}".strip())
    if str(st.session_state.get(AREA, "")).startswith(INVENTED):
        del st.session_state[AREA]  # an invented authority is in no published figures
    headline = f"Published statistics are loaded: {report.observations:,} figures. {found.headline}"
    return replace(told, headline=headline, is_loaded=True)


class _Watch:
    """Shows how far a download has come; what Streamlit raises when a reader leaves stops it."""

    def __init__(self, status: st.delta_generator.DeltaGenerator) -> None:
        self.status, self.shown = status, 0.0

    def show(self, step: Step) -> None:
        """One step."""
        if not step.settled and time.monotonic() - self.shown < SECONDS_BETWEEN:
            return
        self.shown = time.monotonic()
        self.status.update(label=step_words(step))


def step_words(step: Step) -> str:
    """'3 of 14 tables: Children in need, 1.2 of 3.4 MB'."""
    from data.fetching.terminal import megabytes

    so_far = f", {megabytes(step.bytes)}" if step.bytes else ""
    of = f" of {megabytes(step.total)}" if step.bytes and step.total else ""
    return as_plain_text(f"{step.number} of {step.of} tables: {step.title}{so_far}{of}{' MB' if so_far else ''}")
