"""A numbered path down a page: how far the reader has come, and whether the result was asked for."""

from __future__ import annotations

import streamlit as st

from analytics.spec import Specification
from pages.parts.address import Address, as_plain_text

STEP, RESULT = "step", "result"
LAST_BEFORE_RESULT = 3


class Path:
    """Steps opened so far; a result is shown for the very specification that it was asked for, and for no other."""

    def __init__(self, address: Address, specification: Specification) -> None:
        self.hash = specification.hash
        asked = address.settle(
            RESULT, default="", valid=lambda v: isinstance(v, str), read=str, asked_for="The result", shown=str
        )
        steps = {str(n): n for n in range(1, LAST_BEFORE_RESULT + 1)}
        self.step = address.settle(
            STEP, default=1, valid=lambda v: v in steps.values(), read=steps.get, asked_for="The step", shown=str
        )
        self.result_asked = asked == self.hash
        if self.result_asked:
            self.step = LAST_BEFORE_RESULT
        address.hold(STEP, str(self.step))
        if self.result_asked:
            address.hold(RESULT, self.hash)

    def reaches(self, step: int) -> bool:
        """Whether a step is open."""
        return self.step >= step

    def next_step(self, step: int, label: str) -> None:
        """A button to the next step, where this is the last one open."""
        if self.step == step:
            st.button(label, type="primary", key=f"to_{step + 1}", on_click=_set, args=(STEP, step + 1))

    def stop_at(self, step: int, trouble: str) -> None:
        """Say what is wrong under the choices of the last step open, where it can be put right, and end the page there."""
        if trouble and self.step == step:
            st.error(as_plain_text(trouble))
            st.stop()

    def ask_for_result(self, label: str) -> None:
        """A button for the result, where it is not shown."""
        if not self.result_asked:
            st.button(label, type="primary", key="ask", on_click=_set, args=(RESULT, self.hash))


def _set(key: str, value: object) -> None:
    st.session_state[key] = value
