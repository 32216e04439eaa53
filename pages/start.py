"""Where a council changed how it works with families, did outcomes change?"""

from __future__ import annotations

import streamlit as st

from pages.parts.address import Address
from pages.parts.fetch import can_download, offer_download, was_asked_for
from pages.parts.figures import asked, illustrative_word, warehouse
from pages.parts.pickers import pick_area, whole_country

figures = warehouse()
address = Address()

st.title("Where a council changed how it works with families, did outcomes change?", anchor=False)
held = asked(figures, "counts").iloc[0]
models = (
    f"{held.illustrative_models} invented practice models"
    if figures.illustrative
    else f"{held.real_models} practice models recorded in {held.real_adopters} authorities"
)
st.markdown(
    illustrative_word(
        figures,
        f"Figures to {held.newest:%-d %B %Y} · {held.authorities} authorities · {held.headline_indicators} headline "
        f"indicators · {models}",
    )
)

choice, _ = st.columns([2, 3])
with choice:
    area = pick_area(address, figures, "My authority")
address.write()

if was_asked_for() or (figures.illustrative and can_download()):
    st.header("Load published statistics", anchor=False)
    offer_download(told_only=not figures.illustrative)

with st.container(key="ways"):
    leading, researching, scrutinising = st.columns(3)
    with leading:
        st.subheader("I lead a service", anchor=False)
        st.markdown(f"How has an indicator changed in {area['name']}, beside its region and {whole_country(figures)}?")
        st.page_link("pages/trends.py", label="Outcome trends")
        st.page_link("pages/profile.py", label="Authority profile")
    with researching:
        st.subheader("I research", anchor=False)
        st.markdown("Did an outcome change where a practice model was adopted, compared with authorities like them?")
        st.page_link("pages/impact.py", label="Impact")
    with scrutinising:
        st.subheader("I scrutinise", anchor=False)
        st.markdown("Where do the figures come from, what is missing, and how far do they reach?")
        st.page_link("pages/data.py", label="Data")

st.header("What these figures can say", anchor=False)
st.markdown(
    """
- How a published figure has changed in one authority, and how that compares with others in the same years.
- Whether figures moved differently after a practice model was adopted than they did, over the same years, where it was not.
- How large a change would have had to be before it could be told from chance: this is said before any result.
"""
)
st.header("What they cannot", anchor=False)
st.markdown(
    """
- **Why** a figure moved. Councils adopt a model in the same years as much else changes.
- How good a council is. **This is no league table.** Most rates here have no “better”: a lower rate can mean less need,
  or less need found.
- What happened to any one child or family. Figures for whole authorities are weaker evidence than records of children.
- Whether practice really changed. The register says when a model was said to begin, not how well it was taken up.
"""
)
st.header("How to read a verdict", anchor=False)
st.markdown(
    """
Every comparison ends in one of three:

- **Evidence of a change**: figures moved after adoption by more than chance would usually give. It does not say why.
- **No clear change**, and a change of a stated size *would have been seen*: the comparison was able to find one, and did not.
- **Cannot tell**: too few authorities, or a check that failed. This is a common and honest answer.

Use the figures to start a conversation, not to end one.
"""
)
