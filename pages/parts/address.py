"""A page's choices, and the address that holds every one of them.

The address is read when a session starts and when the reader goes back or forward, and written in every other run.
Streamlit can bind a widget to the address itself, but then leaves defaults out of it and writes labels: a link would
mean something else once a default or a label changes. Here ids and codes are written, all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

READ = "address_has_been_read"
LIST = ","


class Address:
    """The choices of one run of one page, as the address gave them and as it will hold them."""

    def __init__(self) -> None:
        self.going_back = bool(getattr(get_script_run_ctx(), "is_history_navigation", False))
        self.reading = self.going_back or READ not in st.session_state
        self.given: dict[str, str] = st.query_params.to_dict() if self.reading else {}
        self.held: dict[str, str] = {}
        self.fallbacks: list[str] = []

    def settle(self, key: str, *, default: object, valid: Callable[[object], bool],
               read: Callable[[str], object | None], asked_for: str, shown: Callable[[object], str]) -> object:
        """Make sure of a usable choice under a widget's key before the widget is drawn.

        Parameters
        ----------
        default : where nothing usable was chosen
        valid : whether a value can be chosen here
        read : value from the address's text, None where it means nothing
        asked_for : what is chosen, in words: 'the authority'
        shown : words for a value
        """
        if key in self.given:
            value = read(self.given[key])
            if value is None or not valid(value):
                value = st.session_state.get(key, default)
                value = value if valid(value) else default
                self._fell_back(asked_for, self.given[key], shown(value))
            st.session_state[key] = value
        elif key not in st.session_state:
            st.session_state[key] = default
        elif not valid(st.session_state[key]):
            self._fell_back(asked_for, str(st.session_state[key]), shown(default))
            st.session_state[key] = default
        return st.session_state[key]

    def _fell_back(self, asked_for: str, text: str, instead: str) -> None:
        self.fallbacks.append(f"{asked_for} “{text[:80]}” is not in these figures. Shown instead: {instead}.")

    def hold(self, key: str, value: object) -> None:
        """Have the address say what was chosen; lists are joined with commas."""
        if isinstance(value, str) or not isinstance(value, Sequence):
            self.held[key] = str(value)
        else:
            self.held[key] = LIST.join(map(str, value))

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


def choose_one(address: Address, label: str, key: str, options: Mapping[object, str], *, default: object,
               read: Callable[[str], object | None] | None = None, asked_for: str = "", help: str | None = None) -> object:
    """One of several, by a list that can be typed into; the choice stays from page to page.

    Parameters
    ----------
    options : words by value
    read : value from the address's text, where more than the values themselves is understood
    """
    by_text = {str(value): value for value in options}
    address.settle(
        key, default=default, valid=options.__contains__, read=read or by_text.get,
        asked_for=asked_for or label, shown=lambda value: options.get(value, str(value)),
    )
    value = st.selectbox(
        label, list(options), format_func=lambda v: options.get(v, str(v)), key=key, persist_state="session", help=help
    )
    address.hold(key, value)
    return value


def choose_some(address: Address, label: str, key: str, options: Mapping[str, str], *, default: Sequence[str],
                few: bool = False, help: str | None = None, most: int | None = None, asked_for: str = "") -> tuple[str, ...]:
    """Some of several; `few` shows all of them as buttons."""

    def read(text: str) -> list[str] | None:
        named = [part for part in text.split(LIST) if part]
        return named if all(part in options for part in named) else None

    address.settle(
        key, default=list(default), valid=lambda chosen: set(chosen) <= set(options), read=read,
        asked_for=asked_for or label, shown=lambda chosen: ", ".join(options.get(c, c) for c in chosen) or "none",
    )
    words = options.__getitem__
    if few:
        chosen = st.pills(label, list(options), format_func=words, key=key, selection_mode="multi", persist_state="session", help=help)
    else:
        chosen = st.multiselect(label, list(options), format_func=words, key=key, persist_state="session", help=help, max_selections=most)
    address.hold(key, list(chosen))
    return tuple(chosen)


def choose_years(address: Address, label: str, key: str, first: int, last: int) -> tuple[int, int]:
    """First and last year, by a slider with two ends."""

    def read(text: str) -> tuple[int, int] | None:
        ends = text.split("-")
        return (int(ends[0]), int(ends[1])) if len(ends) == 2 and all(e.isdecimal() for e in ends) else None

    address.settle(
        key, default=(first, last), valid=lambda ends: first <= ends[0] < ends[1] <= last, read=read,
        asked_for=label, shown=lambda ends: f"{ends[0]} to {ends[1]}",
    )
    ends = st.slider(label, first, last, key=key, persist_state="session")
    address.hold(key, f"{ends[0]}-{ends[1]}")
    return ends


def choose_number(address: Address, label: str, key: str, *, default: float | None, low: float, high: float,
                  step: float, help: str | None = None) -> float | None:
    """A number between two ends, or none where `default` is None and nothing is written."""
    whole = isinstance(step, int)

    def read(text: str) -> float | None:
        try:
            return int(text) if whole else float(text)
        except ValueError:
            return None

    def valid(value: object) -> bool:
        return (value is None and default is None) or (isinstance(value, int | float) and low <= value <= high)

    if address.given.get(key) == "":
        address.given.pop(key)
    address.settle(key, default=default, valid=valid, read=read, asked_for=label, shown=str)
    value = st.number_input(label, low, high, step=step, key=key, persist_state="session", help=help)
    address.hold(key, "" if value is None else value)
    return value


def choose_switch(address: Address, label: str, key: str, *, default: bool, help: str | None = None) -> bool:
    """Yes or no."""
    address.settle(
        key, default=default, valid=lambda v: isinstance(v, bool), read={"yes": True, "no": False}.get,
        asked_for=label, shown=lambda v: "yes" if v else "no",
    )
    on = st.checkbox(label, key=key, persist_state="session", help=help)
    address.hold(key, "yes" if on else "no")
    return on
