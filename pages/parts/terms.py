"""The words that a step of a page uses, for a member; for a researcher also the formula and its reference.

The depth is chosen once: in any step, for all of them, and for as long as the session lasts.
"""

from __future__ import annotations

import re
from html import escape

import streamlit as st

from analytics.terms import DOI_ADDRESS, Term, glossary, terms_of
from pages.parts.address import Address, as_plain_text

MEMBER, RESEARCHER = "member", "researcher"
DEPTH = "depth"
LABEL = "Show the formulae and references as well, for researchers"
DOI = re.compile(r"doi:(10\.\S+)$")


def settle_depth(address: Address) -> str:
    """How deep words are explained, held in the address; before the address is written."""
    depth = address.settle(
        DEPTH,
        default=MEMBER,
        valid=(MEMBER, RESEARCHER).__contains__,
        read=str,
        asked_for="The depth of explanation",
        shown=lambda depth: f"for a {depth}",
    )
    address.hold(DEPTH, depth)
    return depth


def show_terms(step: str) -> None:
    """The words of a step, folded away until they are wanted."""
    with st.expander("Words used here", key=f"terms_{step}"):
        deep = _deep(step)
        if deep:
            st.caption(f"**Letters.** {as_plain_text(glossary().notation)}")
        st.html(terms_html(terms_of(step), deep=deep))


def _deep(step: str) -> bool:
    """Whether a researcher's depth is chosen; every step has a box of its own that follows the one choice."""
    box = f"{DEPTH}_{step}"
    st.session_state[box] = st.session_state.get(DEPTH, MEMBER) == RESEARCHER
    return st.checkbox(LABEL, key=box, on_change=_chosen, args=(box,))


def _chosen(box: str) -> None:
    st.session_state[DEPTH] = RESEARCHER if st.session_state[box] else MEMBER


def terms_html(terms: tuple[Term, ...], *, deep: bool) -> str:
    """A definition list."""
    return f'<dl class="terms">{"".join(_entry(term, deep=deep) for term in terms)}</dl>'


def _entry(term: Term, *, deep: bool) -> str:
    said = f"<dt>{escape(term.term)}</dt><dd>{escape(term.member)}</dd>"
    if not deep:
        return f"<div>{said}</div>"
    works = "".join(f"<li>{_work(work)}</li>" for work in term.reference)
    researcher = f"<p><b>For researchers:</b> {escape(term.researcher)}</p><ul>{works}</ul>"
    return f'<div>{said}<dd class="researcher">{researcher}</dd></div>'


def _work(work: str) -> str:
    """A reference, its DOI a link."""
    found = DOI.search(work)
    if not found:
        return escape(work)
    doi = escape(found[1])
    return f'{escape(work[: found.start()])}<a href="{DOI_ADDRESS}{doi}" rel="noopener">doi:{doi}</a>'
