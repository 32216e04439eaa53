"""Protocols on a page: saving one before the result is shown, and saying afterwards what a result's standing is."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping

import pandas as pd
import streamlit as st

from analytics.analysis import Analysis
from analytics.difference import difference, nearest
from analytics.errors import NotRecorded
from analytics.protocol import MOST_SECONDARY, Protocol, Standing, number_words, protocol_of, time_words
from analytics.runs import (
    count_runs,
    first_shown,
    protocols_on,
    record_grid,
    record_run,
    save_protocol,
    stamp,
    standing,
)
from analytics.spec import Specification
from analytics.study import Study
from analytics.warehouse import Warehouse
from pages.parts.address import as_plain_text
from pages.parts.figures import asked, key_of, tried
from pages.parts.tables import show_table

RECORDED = "runs_recorded"  # what could not be recorded, by build and specification; '' where it could
PRIMARY, NOTE, REFUSED = "protocol_primary", "protocol_note", "protocol_refused"
WHY = (
    "A protocol is this specification, saved with its time before any result is shown. A result that follows it is "
    "marked pre-specified, on this page and in every file; every other result is marked exploratory. "
    f"It has one primary outcome and at most {MOST_SECONDARY} secondary, and says which change would matter."
)
NOTE_ELSEWHERE = (
    "Keep the hash somewhere else too, such as a dated letter: with it, anyone can check that the file is unchanged."
)

SEEN = (
    "What this would estimate was first shown on {}. A protocol saved now will say so, and its runs stay exploratory."
)


@st.cache_resource(max_entries=256, show_spinner=False)
def _first_shown(
    _figures: Warehouse, key: str, stamped: tuple[int, ...], hash_: str, _specification: Specification
) -> datetime.datetime | None:
    return first_shown(_specification, _figures)


@st.cache_resource(max_entries=256, show_spinner=False)
def _standing(
    key: str, stamped: tuple[int, ...], hash_: str, _specification: Specification, _figures: Warehouse
) -> Standing:
    return standing(_specification, _figures)


@st.cache_resource(max_entries=64, show_spinner=False)
def _count(key: str, stamped: tuple[int, ...], _figures: Warehouse) -> int:
    return count_runs(_figures)


@st.cache_resource(max_entries=64, show_spinner=False)
def _nearest(
    _figures: Warehouse, key: str, stamped: tuple[int, ...], specification_hash: str, _found: Study
) -> Protocol | None:
    return nearest(protocols_on(_found, _figures), _found.specification)


def standing_now(figures: Warehouse, specification: Specification) -> Standing:
    """Whether a result of this specification is, or would be, pre-specified."""
    return _standing(key_of(figures), stamp(figures), specification.hash, specification, figures)


def standing_shown(figures: Warehouse, analysis: Analysis) -> Standing:
    """The standing of a result that is being shown; its showing is recorded, once a session and specification."""
    recorded = st.session_state.setdefault(RECORDED, {})
    key = f"{key_of(figures)} {analysis.specification.hash}"
    if key not in recorded:
        found = record_run(analysis, figures)
        recorded[key] = found.trouble
        return found
    found = standing_now(figures, analysis.specification)
    return Standing(found.word, found.sentence, found.protocol, recorded[key] or found.trouble)


def grid_shown(figures: Warehouse, found: Study, asked: Iterable[Specification], key: str) -> None:
    """Record that every specification of a grid was shown, once a session; say so where it could not be."""
    recorded = st.session_state.setdefault(RECORDED, {})
    name = f"{key_of(figures)} {found.specification.hash} {key}"
    if name not in recorded:
        recorded[name] = record_grid(found, asked, figures)
    if recorded[name]:
        st.warning(as_plain_text(recorded[name]))


def save_as_protocol(figures: Warehouse, found: Study, labels: Mapping[str, str], *, prefix: str = "") -> None:
    """The form that saves a protocol; once there is one, its hash, time and file.

    Parameters
    ----------
    found : the study of the specification
    labels : words for each outcome
    prefix : of the file's name
    """
    now = standing_now(figures, found.specification)
    with st.expander("A protocol, saved before the result is shown"):
        if now.trouble:
            st.warning(as_plain_text(now.trouble))
        if now.protocol:
            _show_protocol(now, labels, prefix)
        else:
            _form(figures, found, labels)


def _form(figures: Warehouse, found: Study, labels: Mapping[str, str]) -> None:
    outcomes = found.specification.outcomes
    st.markdown(WHY)
    wanted = found.specification
    seen, _ = tried(_first_shown, figures, key_of(figures), stamp(figures), wanted.hash, wanted)
    if seen:
        st.warning(as_plain_text(SEEN.format(time_words(seen))))
    primary = st.selectbox("Primary outcome", outcomes, format_func=lambda o: labels.get(o, o), key=PRIMARY)
    others = [o for o in outcomes if o != primary]
    if others:
        st.markdown("Secondary: " + as_plain_text(", ".join(labels.get(o, o) for o in others)) + ".")
    st.text_input("Note (may be left empty)", key=NOTE, max_chars=500)
    st.button("Save as protocol", key="save_protocol", on_click=_save, args=(figures, found))
    refused, trouble = st.session_state.get(REFUSED, ("", ""))
    if refused == found.specification.hash:
        st.error(as_plain_text(trouble))


def _save(figures: Warehouse, found: Study) -> None:
    primary = st.session_state[PRIMARY]
    secondary = tuple(o for o in found.specification.outcomes if o != primary)
    _, trouble = tried(_saved, figures, found, primary, secondary, st.session_state[NOTE])
    st.session_state[REFUSED] = (found.specification.hash, trouble) if trouble else ("", "")


def _saved(figures: Warehouse, found: Study, primary: str, secondary: tuple[str, ...], note: str) -> Protocol:
    return save_protocol(protocol_of(found.specification, primary, secondary, note=note), found, figures)


def _show_protocol(now: Standing, labels: Mapping[str, str], prefix: str) -> None:
    protocol = now.protocol
    st.markdown(f"Protocol saved on {protocol.saved}. {as_plain_text(protocol.context)}")
    st.code(protocol.hash, language=None, wrap_lines=True)
    st.markdown(NOTE_ELSEWHERE)
    show_table(_outcomes_table(protocol, labels), caption="Outcomes of the protocol", numbers=("Would matter",))
    st.download_button(
        "Download the protocol (TOML)",
        protocol.to_toml,
        file_name=f"{prefix}protocol-{protocol.name}.toml",
        mime="application/toml",
        key="protocol_file",
        on_click="ignore",
        type="tertiary",
    )
    st.code("python -m analytics verify protocol.toml --hash HASH", language="bash", wrap_lines=True)


def _outcomes_table(protocol: Protocol, labels: Mapping[str, str]) -> pd.DataFrame:
    named = protocol.smallest_effects
    outcomes = (protocol.primary, *protocol.secondary)
    return pd.DataFrame(
        {
            "Outcome": [labels.get(o, o) for o in outcomes],
            "Kind": ["Primary", *("Secondary" for _ in protocol.secondary)],
            "Would matter": [number_words(named[o]) if o in named else "not named" for o in outcomes],
        }
    )


def standing_line(figures: Warehouse, found: Study, shown: Standing) -> None:
    """Whether the result is pre-specified; where it is not, how it differs from the nearest protocol on the same model."""
    st.markdown(as_plain_text(shown.sentence))
    if shown.trouble:
        st.warning(as_plain_text(shown.trouble))
    if shown.protocol:
        return
    key = (key_of(figures), stamp(figures), found.specification.hash)
    near, trouble = tried(_nearest, figures, *key, found)
    if near:
        labels = dict(asked(figures, "indicators")[["indicator", "label"]].itertuples(index=False, name=None))
        primary = labels.get(near.primary, near.primary)
        with st.expander(as_plain_text(f"How it differs from the protocol on {primary}, saved on {near.saved}")):
            table = difference(near, found.specification)
            words = {"what": "Choice", "protocol": f"Protocol of {near.saved}", "this": "This analysis"}
            show_table(table[list(words)].rename(columns=words), caption="Differences from the protocol")
    elif trouble and not shown.trouble:
        st.warning(as_plain_text(trouble))


def runs_line(figures: Warehouse) -> None:
    """How many different specifications have been run on these figures."""
    try:
        count = _count(key_of(figures), stamp(figures), figures)
    except NotRecorded as error:
        st.warning(as_plain_text(str(error)))
        return
    has = "1 specification has" if count == 1 else f"{count:,} specifications have"
    st.markdown(
        f"{has} been run on these figures. The more that are run, the likelier that one shows a change by chance."
    )
