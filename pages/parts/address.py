"""A page's choices, and the address that holds every one of them.

The address is read when a session starts and when the reader goes back or forward, and written in every other run.
Streamlit can bind a widget to the address itself, but then leaves defaults out of it and writes labels: a link would
mean something else once a default or a label changes. Here ids and codes are written, all of them.
"""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

READ = "address_has_been_read"
MOST_SHOWN = 80  # characters of what an address asked for


class Address:
    """The choices of one run of one page, as the address gave them and as it will hold them."""

    def __init__(self) -> None:
        self.going_back = bool(getattr(get_script_run_ctx(), "is_history_navigation", False))
        reading = self.going_back or READ not in st.session_state
        self.given: dict[str, str] = st.query_params.to_dict() if reading else {}
        self.held: dict[str, str] = {}
        self.fallbacks: list[str] = []

    def settle(
        self,
        key: str,
        *,
        default: object,
        valid: Callable[[object], bool],
        read: Callable[[str], object | None],
        asked_for: str,
        shown: Callable[[object], str],
        quiet: bool = False,
    ) -> object:
        """Make sure of a usable choice under a widget's key, before the widget is drawn.

        Parameters
        ----------
        default : where nothing usable was chosen
        valid : whether a value can be chosen here
        read : value from the address's text, None where it means nothing
        asked_for : what is chosen, in words: 'The authority'
        shown : words for a value
        quiet : say nothing where an earlier choice has become impossible, as when it depends on another
        """
        chosen = st.session_state.get(key, default)
        usable = chosen if valid(chosen) else default
        text = self.given.pop(key, None)
        if text is not None:
            value = read(text)
            if value is None or not valid(value):
                self._fell_back(asked_for, text, shown(usable))
                value = usable
            st.session_state[key] = value
        elif key not in st.session_state or usable is not chosen:
            if not quiet and usable is not chosen:
                self._fell_back(asked_for, shown(chosen), shown(usable))
            st.session_state[key] = usable
        return st.session_state[key]

    def _fell_back(self, asked_for: str, text: str, instead: str) -> None:
        self.fallbacks.append(
            f"{asked_for} “{text[:MOST_SHOWN]}” cannot be shown with these figures. Shown instead: {instead}."
        )

    def hold(self, key: str, text: str) -> None:
        """Have the address say what was chosen."""
        self.held[key] = text

    def write(self) -> None:
        """Say what was asked for and is not there; then write the choices into the address, all of them."""
        for sentence in self.fallbacks:
            st.warning(as_plain_text(sentence))
        st.session_state[READ] = True
        # After going back, the address is where the reader wanted to be; writing would trap them there.
        if not self.going_back and st.query_params.to_dict() != self.held:
            st.query_params.from_dict(self.held)


def as_plain_text(text: str) -> str:
    """Text with Markdown's signs escaped, so that what came from outside is shown as it is."""
    return "".join(f"\\{c}" if c in r"\`*_{}[]()#+-.!|<>$~:" else c for c in text)
