"""Choices of a page: each settles its value from the address or the session, and draws its widget.

A choice is settled before anything depends on it, and drawn where the page has its place. It stays chosen from page to
page (`persist_state`), under a key that is the same on every page and in the address.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import streamlit as st

from pages.parts.address import Address

LIST = ","  # between the members of a list in the address


@dataclass(frozen=True)
class OneOf:
    """One of several, from a list that can be typed into; `options` holds the words by value."""

    key: str
    label: str
    options: Mapping[str, str]
    default: str
    read: Callable[[str], str | None] | None = None
    help: str | None = None
    quiet: bool = False

    def settle(self, address: Address) -> str:
        """The value chosen."""
        value = address.settle(
            self.key,
            default=self.default,
            valid=self.options.__contains__,
            read=self.read or str,
            asked_for=self.label,
            shown=self._words,
            quiet=self.quiet,
        )
        address.hold(self.key, value)
        return value

    def _words(self, value: str) -> str:
        return self.options.get(value, value)

    def draw(self, address: Address) -> str:
        """The value chosen, its widget drawn."""
        self.settle(address)
        return st.selectbox(
            self.label,
            list(self.options),
            format_func=self._words,
            key=self.key,
            persist_state="session",
            help=self.help,
        )


@dataclass(frozen=True)
class SomeOf:
    """Some of several; `few` shows all of them as buttons."""

    key: str
    label: str
    options: Mapping[str, str]
    default: tuple[str, ...]
    few: bool = False
    help: str | None = None
    quiet: bool = False
    least: int = 0
    most: int | None = None

    def settle(self, address: Address) -> tuple[str, ...]:
        """The values chosen."""
        chosen = address.settle(
            self.key,
            default=list(self.default),
            valid=self._valid,
            read=lambda text: [p for p in text.split(LIST) if p],
            asked_for=self.label,
            shown=lambda values: ", ".join(self._words(v) for v in values) or "none",
            quiet=self.quiet,
        )
        address.hold(self.key, LIST.join(chosen))
        return tuple(chosen)

    def _valid(self, chosen: list[str]) -> bool:
        return set(chosen) <= set(self.options) and self.least <= len(chosen) <= (self.most or len(self.options))

    def _words(self, value: str) -> str:
        return self.options.get(value, value)

    def draw(self, address: Address) -> tuple[str, ...]:
        """The values chosen, their widget drawn."""
        self.settle(address)
        given = {"format_func": self._words, "key": self.key, "persist_state": "session", "help": self.help}
        if self.few:
            return tuple(st.pills(self.label, list(self.options), selection_mode="multi", **given))
        return tuple(st.multiselect(self.label, list(self.options), max_selections=self.most, **given))


@dataclass(frozen=True)
class Years:
    """First and last year, by a slider with two ends."""

    key: str
    label: str
    first: int
    last: int
    default: tuple[int, int] | None = None

    def settle(self, address: Address) -> tuple[int, int]:
        """The ends chosen."""
        ends = address.settle(
            self.key,
            default=self.default or (self.first, self.last),
            valid=self._valid,
            read=_two_years,
            asked_for=self.label,
            shown=lambda ends: f"{ends[0]} to {ends[1]}",
        )
        address.hold(self.key, f"{ends[0]}-{ends[1]}")
        return ends

    def _valid(self, ends: tuple[int, int]) -> bool:
        return self.first <= ends[0] < ends[1] <= self.last

    def draw(self, address: Address) -> tuple[int, int]:
        """The ends chosen, the slider drawn."""
        self.settle(address)
        return st.slider(self.label, self.first, self.last, key=self.key, persist_state="session")


@dataclass(frozen=True)
class OneYear:
    """One of some years, by a slider that stops at each of them; where there is but one it is named."""

    key: str
    label: str
    years: tuple[int, ...]
    default: int

    def settle(self, address: Address) -> int:
        """The year chosen; one that another indicator had is quietly left for the usual one."""
        year = address.settle(
            self.key,
            default=self.default,
            valid=self.years.__contains__,
            read=lambda text: int(text) if text.isdecimal() and len(text) == 4 else None,
            asked_for=self.label,
            shown=str,
            quiet=True,
        )
        address.hold(self.key, str(year))
        return year

    def draw(self, address: Address) -> int:
        """The year chosen, the slider drawn."""
        year = self.settle(address)
        if len(self.years) == 1:
            st.caption(f"{self.label}: {year}, the only one held.")
            return year
        return st.select_slider(self.label, list(self.years), key=self.key, persist_state="session")


def _two_years(text: str) -> tuple[int, int] | None:
    ends = text.split("-")
    return (int(ends[0]), int(ends[1])) if len(ends) == 2 and all(e.isdecimal() and len(e) == 4 for e in ends) else None


@dataclass(frozen=True)
class Number:
    """A number between two ends; with `default` None it may be left empty."""

    key: str
    label: str
    default: float | None
    low: float
    high: float
    step: float
    help: str | None = None

    def settle(self, address: Address) -> float | None:
        """The number chosen."""
        if self.default is None and address.given.get(self.key) == "":
            address.given.pop(self.key)
        value = address.settle(
            self.key, default=self.default, valid=self._valid, read=self._read, asked_for=self.label, shown=str
        )
        address.hold(self.key, "" if value is None else str(value))
        return value

    def _read(self, text: str) -> float | None:
        try:
            return type(self.step)(text)
        except ValueError:
            return None

    def _valid(self, value: float | None) -> bool:
        if value is None:
            return self.default is None
        return self.low <= value <= self.high

    def draw(self, address: Address) -> float | None:
        """The number chosen, its widget drawn."""
        self.settle(address)
        return st.number_input(
            self.label,
            self.low,
            self.high,
            value=None if self.default is None else "min",  # what an emptied box goes back to
            step=self.step,
            key=self.key,
            persist_state="session",
            help=self.help,
            placeholder="not named",
        )


@dataclass(frozen=True)
class Amounts:
    """A number, or none, for each of several things that are chosen elsewhere."""

    key: str
    label: str
    low: float
    high: float
    step: float

    def settle(self, address: Address) -> dict[str, float]:
        """The numbers named, by id."""
        amounts = address.settle(
            self.key, default={}, valid=self._valid, read=self._read, asked_for=self.label, shown=self._text
        )
        address.hold(self.key, self._text(amounts))
        return dict(amounts)

    def _text(self, amounts: Mapping[str, float]) -> str:
        return LIST.join(f"{name}:{amount}" for name, amount in sorted(amounts.items()))

    def _read(self, text: str) -> dict[str, float] | None:
        pairs = [part.rpartition(":") for part in text.split(LIST) if part]
        try:
            return {name: float(amount) for name, _, amount in pairs}
        except ValueError:
            return None

    def _valid(self, amounts: Mapping[str, float]) -> bool:
        return all(self.low <= amount <= self.high for amount in amounts.values())

    def draw(self, address: Address, labels: Mapping[str, str], *, otherwise: float | None) -> dict[str, float]:
        """The numbers named, a box drawn for each id of `labels`; an empty one stands for `otherwise`."""
        amounts = self.settle(address)
        for name, label in labels.items():
            widget = f"{self.key}:{name}"
            st.session_state[widget] = amounts.get(name)
            st.number_input(
                label,
                self.low,
                self.high,
                value=None,
                step=self.step,
                key=widget,
                on_change=self._changed,
                args=(name,),
                placeholder="not named" if otherwise is None else f"{otherwise:g}",
            )
        return amounts

    def _changed(self, name: str) -> None:
        kept = {k: v for k, v in st.session_state[self.key].items() if k != name}
        amount = st.session_state[f"{self.key}:{name}"]
        st.session_state[self.key] = kept if amount is None else kept | {name: amount}


@dataclass(frozen=True)
class YesNo:
    """Yes or no."""

    key: str
    label: str
    default: bool
    help: str | None = None

    def settle(self, address: Address) -> bool:
        """Whether it is on."""
        on = address.settle(
            self.key,
            default=self.default,
            valid=lambda v: isinstance(v, bool),
            read={"yes": True, "no": False}.get,
            asked_for=self.label,
            shown=lambda v: "yes" if v else "no",
        )
        address.hold(self.key, "yes" if on else "no")
        return on

    def draw(self, address: Address) -> bool:
        """Whether it is on, its box drawn."""
        self.settle(address)
        return st.checkbox(self.label, key=self.key, persist_state="session", help=self.help)
