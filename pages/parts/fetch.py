"""Published statistics fetched from a page: the button, how far it has come, what became of every table.

What fetches and builds is costly to import and seldom needed: it is imported where it is used.
"""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

from analytics.errors import PracticeError
from analytics.warehouse import location
from pages.parts.address import as_plain_text
from pages.parts.result_words import people

if TYPE_CHECKING:
    from collections.abc import Iterable

    from data.download import Outcome, Step

ASKED = "download_asked"
DONE = "download_done"  # the sentences of the last download, in this session
SECONDS_BETWEEN = 0.3
UNCHANGED = "What was here before is unchanged."
EXTRACTS = Path(__file__).parents[2].joinpath("data", "extracts")  # as in data/ensure.py


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
    headline, lines, is_done = done
    (st.success if is_done else st.error)(as_plain_text(headline))
    if lines:
        with st.expander("What became of each table", expanded=not is_done):
            st.markdown("\n".join(f"- {as_plain_text(line)}" for line in lines))


def _run() -> None:
    """Fetches, builds, and starts the run again, so that this session shows the new figures."""
    with st.status("Looking for the published tables", expanded=True) as status:
        try:
            st.session_state[DONE] = _fetched_and_built(status)
        except PracticeError as error:
            st.session_state[DONE] = (f"Not loaded: {error} {_unchanged(str(error))}".strip(), [], False)
        except Exception as error:  # whatever it was, a reader is told in a sentence
            said = f"{type(error).__name__}: {error}".splitlines()[0]
            st.session_state[DONE] = (f"Not loaded, by a fault of this program ({said}). {UNCHANGED}", [], False)
    st.rerun()


def _unchanged(said: str) -> str:
    return "" if "unchanged" in said else UNCHANGED


def _fetched_and_built(status: st.delta_generator.DeltaGenerator) -> tuple[str, list[str], bool]:
    from data.build import build
    from data.download import download

    found = download(EXTRACTS, watch=_Watch(status).show)
    lines = list(table_sentences(found.outcomes))
    of = f"{found.fetched} of {people(len(found.outcomes), 'table', 'tables')}"
    if not found.fetched:
        return f"Nothing was fetched, so nothing was built. {UNCHANGED}", lines, False
    status.update(label="Building the figures")
    try:
        report = build([EXTRACTS], location())
    except PracticeError as error:
        return f"{of} fetched, but not built: {error} {_unchanged(str(error))}".strip(), lines, False
    return f"Published statistics are loaded: {of} fetched, {report.observations:,} figures.", lines, True


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


def table_sentences(outcomes: Iterable[Outcome]) -> Iterable[str]:
    """What became of each table: what is here, or why it is not and how to get it by hand."""
    for each in outcomes:
        if each.kept is None:
            yield " ".join([f"{each.wanted.title}: not fetched.", *each.told, each.by_hand])
        else:
            to = f"to {each.newest_year}, " if each.newest_year else ""
            yield f"{each.wanted.title}: {to}{'new' if each.kept.is_new else 'here already, unchanged'}."
