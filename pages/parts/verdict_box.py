"""The verdict: its word, then its sentence. Colour only repeats the word."""

from __future__ import annotations

from html import escape

import streamlit as st

from analytics.analysis import Result


def show_verdict(result: Result, *, worse: bool = False) -> None:
    """A box that never shouts: grey for cannot tell, blue for no clear change, turquoise or orange for evidence."""
    verdict = result.verdict
    look = f"verdict {verdict.word}{' worse' if worse else ''}"
    st.html(
        f'<section class="{look}" aria-label="Verdict"><p class="word">{escape(verdict.heading)}</p>'
        f"<p>{escape(verdict.sentence)}</p></section>"
    )


def show_answer(sentence: str) -> None:
    """The answer, in larger type, before any chart."""
    st.html(f'<p class="answer">{escape(sentence)}</p>')
