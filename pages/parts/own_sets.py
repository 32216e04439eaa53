"""The reader's own comparator sets: made, renamed, filled and removed. They stay in the session and in the address."""

from __future__ import annotations

import streamlit as st

from analytics.sets import MOST_OWN, OWN, BadSet, OwnSet, set_name
from analytics.warehouse import Warehouse
from pages.parts.address import as_plain_text
from pages.parts.pickers import area_labels
from pages.parts.sets import SET, SETS, own_sets, own_text, usual_set

NEW = ""  # stands for a set that is not there yet
EDITED, NAME, MEMBERS = "own_set", "own_set_name", "own_set_authorities"  # widgets of the editor
SAID = "own_set_said"  # what came of the last attempt: kind of message and sentence


def edit_own_sets(figures: Warehouse) -> None:
    """The editor, folded away until it is wanted; a set that is saved is at once the one chosen."""
    with st.expander("Your own comparator sets", key="own_sets_editor", on_change="rerun") as editor:
        if not editor.open:
            return
        own = {each.name: each for each in own_sets(figures)}
        if st.session_state.get(EDITED, NEW) not in own:
            st.session_state[EDITED] = NEW
        st.markdown(
            f"Up to {MOST_OWN} sets of authorities that you name. They stay in the address of this page, so a link carries "
            "them, and can be chosen under “Beside” on every page that sets an authority beside others."
        )
        st.selectbox(
            "Set to change",
            [NEW, *own],
            format_func=lambda name: name or "A new set",
            key=EDITED,
            on_change=_open,
            args=(own,),
        )
        st.text_input("Name of the set", key=NAME)
        words = area_labels(figures)
        st.multiselect("Authorities in the set", list(words), format_func=words.__getitem__, key=MEMBERS)
        with st.container(horizontal=True):
            st.button("Save this set", on_click=_save, args=(figures, own), key="own_set_save")
            if st.session_state[EDITED] != NEW:
                st.button("Remove this set", on_click=_remove, args=(figures, own), key="own_set_remove")
        _say()


def _say() -> None:
    kind, sentence = st.session_state.pop(SAID, ("", ""))
    if sentence:
        (st.error if kind == "error" else st.success)(as_plain_text(sentence))


def _open(own: dict[str, OwnSet]) -> None:
    """Fill the boxes with the set that is to be changed."""
    edited = own.get(st.session_state[EDITED])
    st.session_state[NAME] = edited.name if edited else ""
    st.session_state[MEMBERS] = list(edited.codes) if edited else []


def _save(figures: Warehouse, own: dict[str, OwnSet]) -> None:
    """Keep the set as it stands in the boxes, under its new name where that was changed."""
    edited = st.session_state[EDITED]
    try:
        made = _made(own, edited)
    except BadSet as problem:
        st.session_state[SAID] = ("error", str(problem))
        return
    kept = [made if name == edited else each for name, each in own.items()]
    _keep(figures, kept if edited in own else [*kept, made])
    st.session_state[EDITED], st.session_state[NAME] = made.name, made.name
    st.session_state[SET] = f"{OWN}{made.name}"
    st.session_state[SAID] = ("success", f"“{made.name}” is kept, and chosen.")


def _made(own: dict[str, OwnSet], edited: str) -> OwnSet:
    """The set in the boxes.

    Raises
    ------
    BadSet : a name that cannot be used, no authority, or too many sets
    """
    name = set_name(st.session_state[NAME], [other for other in own if other != edited])
    members = tuple(st.session_state[MEMBERS])
    if not members:
        raise BadSet(f"The set “{name}” names no authority. Choose at least one.")
    if edited == NEW and len(own) >= MOST_OWN:
        raise BadSet(f"{MOST_OWN} own sets are kept already. Remove one, or change one of them.")
    return OwnSet(name, members)


def _remove(figures: Warehouse, own: dict[str, OwnSet]) -> None:
    """Forget the set; where it was the one chosen, the usual one is chosen again."""
    edited = st.session_state[EDITED]
    _keep(figures, [each for name, each in own.items() if name != edited])
    if st.session_state.get(SET) == f"{OWN}{edited}":
        st.session_state[SET] = usual_set(figures)
    st.session_state[EDITED], st.session_state[NAME], st.session_state[MEMBERS] = NEW, "", []
    st.session_state[SAID] = ("success", f"“{edited}” is removed.")


def _keep(figures: Warehouse, own: list[OwnSet]) -> None:
    st.session_state[SETS] = own_text(figures, own)
