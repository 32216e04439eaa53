"""The reader's own neighbour model: what it weighs and the year of the figures, the same on every page and in the address."""

from __future__ import annotations

import streamlit as st

from analytics.background import backgrounds
from analytics.board import Board
from analytics.own_model import OwnModel, own_model, weights_read, weights_text
from analytics.own_neighbours import OwnNeighbours, background_board, common_years, offered, own_neighbours
from analytics.spec import MOST_WEIGHT
from analytics.warehouse import Warehouse
from pages.parts.address import Address
from pages.parts.choices import OneOf
from pages.parts.figures import key_of, tried

WEIGHTS, YEAR = "own", "ownyear"  # in the address and the session
NEWEST = "newest"
COLUMNS = 2


@st.cache_resource(max_entries=3, show_spinner=False)
def _board(build: str, _figures: Warehouse) -> Board:
    return background_board(_figures)


def background_of(figures: Warehouse) -> Board:
    """Every background figure held, read once a warehouse."""
    return _board(key_of(figures), figures)


@st.cache_resource(max_entries=64, show_spinner=False)
def _placed(build: str, model: OwnModel, _figures: Warehouse) -> OwnNeighbours:
    return own_neighbours(model, background_of(_figures))


def placed_by(figures: Warehouse, model: OwnModel) -> OwnNeighbours:
    """Where a model places every authority, worked out once.

    Raises
    ------
    PracticeError : see `own_neighbours`
    """
    return _placed(key_of(figures), model, figures)


def settle_weights(address: Address, figures: Warehouse) -> dict[str, int]:
    """Weight by key, the usual ones where none were chosen; held in the address."""
    held = {each.key: each.label for each in offered(background_of(figures))}
    asked = address.given.get(WEIGHTS)
    if asked is not None:
        found, trouble = weights_read(asked, held)
        address.fallbacks.extend(trouble)
        if found:
            address.given[WEIGHTS] = weights_text(found)
        else:
            address.given.pop(WEIGHTS)
            address.fallbacks.append("Nothing in the link can be weighed, so the usual weights are shown.")
    weights = address.settle(
        WEIGHTS,
        default=usual_weights(figures),
        valid=lambda chosen: set(chosen) <= set(held),
        read=lambda text: weights_read(text, held)[0],
        asked_for="The weights",
        shown=weights_text,
    )
    address.hold(WEIGHTS, weights_text(weights))
    return dict(weights)


def usual_weights(figures: Warehouse) -> dict[str, int]:
    """Usual weight of every figure held that has one; of the first alone where none has."""
    held = offered(background_of(figures))
    return {each.key: each.usual for each in held if each.usual} or {each.key: 1 for each in held[:1]}


@st.cache_resource(max_entries=64, show_spinner=False)
def _years(build: str, keys: tuple[str, ...], _figures: Warehouse) -> tuple[int, ...]:
    return common_years(background_of(_figures), keys)


def year_choice(figures: Warehouse, weights: dict[str, int]) -> OneOf:
    """Which year's figures are weighed: the newest that has them all, or one named."""
    years = _years(key_of(figures), tuple(key for key, weight in weights.items() if weight), figures)
    newest = f"The newest that has them all ({years[0]})" if years else "The newest that has them all"
    options = {NEWEST: newest} | {str(year): str(year) for year in years}
    return OneOf(YEAR, "Figures of the year ending in March", options, default=NEWEST, quiet=True)


def _model(weights: dict[str, int], year: str) -> OwnModel:
    return own_model(weights, None if year == NEWEST else int(year))


def settle_model(address: Address, figures: Warehouse) -> tuple[OwnNeighbours | None, str]:
    """Where the reader's model places every authority, or the sentence that says why it cannot."""
    weights = settle_weights(address, figures)
    if not weights:
        return None, "No background figure is loaded, so no neighbour model of your own can be made."
    year = year_choice(figures, weights).settle(address)
    model, trouble = tried(_model, weights, year)
    return (None, trouble) if trouble else tried(placed_by, figures, model)


def model_if_chosen(address: Address, figures: Warehouse) -> OwnNeighbours | None:
    """The same on other pages, where the reader has come by a model; None otherwise, and where it cannot be worked out."""
    if WEIGHTS not in address.given and WEIGHTS not in st.session_state:
        return None
    found, trouble = settle_model(address, figures)
    if trouble:
        address.fallbacks.append(trouble)
    return found


def draw_weights(address: Address, figures: Warehouse) -> None:
    """A slider for each figure held, the year, and a way back to the usual weights."""
    weights = settle_weights(address, figures)
    held = offered(background_of(figures))
    order = tuple(each.key for each in held)
    for first in range(0, len(held), COLUMNS):
        for column, each in zip(st.columns(COLUMNS), held[first : first + COLUMNS], strict=False):
            widget = f"{WEIGHTS}:{each.key}"
            st.session_state[widget] = weights.get(each.key, 0)
            with column:
                st.slider(
                    each.label, 0, MOST_WEIGHT, key=widget, help=each.why, on_change=_changed, args=(each.key, order)
                )
    left, right = st.columns(COLUMNS, vertical_alignment="bottom")
    with left:
        year_choice(figures, weights).draw(address)
    with right:
        st.button("Go back to the usual weights", key="own_usual", on_click=_set, args=(usual_weights(figures),))


def _changed(key: str, order: tuple[str, ...]) -> None:
    chosen = st.session_state[WEIGHTS] | {key: st.session_state[f"{WEIGHTS}:{key}"]}
    _set({each: chosen[each] for each in order if each in chosen})


def _set(weights: dict[str, int]) -> None:
    st.session_state[WEIGHTS] = weights


def sources_weighed(figures: Warehouse, placed: OwnNeighbours) -> list[str]:
    """Sources of the figures that a model weighs."""
    rows = background_of(figures).indicators
    wanted = {each.indicator for each in backgrounds().offered if each.key in placed.model.keys}
    return rows.source[rows.indicator.isin(wanted)].tolist()


def show_not_offered(figures: Warehouse) -> None:
    """What a reader might look for and does not find, and why."""
    held = {each.key for each in offered(background_of(figures))}
    absent = [each.label for each in backgrounds().offered if each.key not in held]
    with st.expander("What cannot be weighed here, and why"):
        for each in backgrounds().missing:
            st.markdown(f"**{each.label}.** {each.why}")
        for label in absent:
            st.markdown(f"**{label}.** Not among the figures loaded.")
