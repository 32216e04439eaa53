"""What changed where a model was adopted, over every outcome at once; or in one outcome, over every model."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from analytics.across import count_sentence
from analytics.analysis import Result
from analytics.report.run_files import effects_by
from analytics.spec import Inference, Specification
from analytics.terms import choices_of
from pages.parts.address import Address, as_plain_text
from pages.parts.analyses import across_of, survey_of
from pages.parts.chart_frame import offer_table
from pages.parts.choices import OneOf, Years
from pages.parts.figures import asked, illustrative_word, tried, warehouse
from pages.parts.many_words import impact_link, results_frame
from pages.parts.pickers import pick_indicator, usual_years
from pages.parts.protocol import runs_line, standing_shown
from pages.parts.question_form import NEAR, models_with_dates, neighbour_models
from pages.parts.tables import show_table
from pages.parts.terms import settle_depth, show_terms
from pages.parts.verdict_box import show_answer

OUTCOMES, MODELS = "outcomes", "models"
VIEWS = {OUTCOMES: "One model, every headline outcome", MODELS: "One outcome, every model"}
LEVEL = 0.95
NUMBERS = ("Would be seen", f"Change ({LEVEL:.0%} interval)", "p (adjusted)")

figures = warehouse()
address = Address()
models = models_with_dates(figures)
named = dict(zip(models.model, models.name, strict=True))
rows = asked(figures, "indicators").set_index("indicator", drop=False)
vintages = neighbour_models(figures)
offered = [pool for pool in ("never_adopters", NEAR, "region") if vintages or pool != NEAR]
pools = {pool: choices_of("pool")[pool] for pool in offered}

st.title("Many at once", anchor=False)
st.markdown(
    "What changed where a model was adopted, over every outcome; or in one outcome, over every model? A look over many "
    "results is an exploration: it says where to look closer, not what is so."
)
left, right = st.columns(2)
with left:
    view = OneOf("view", "Show", VIEWS, default=OUTCOMES).draw(address)
    if view == OUTCOMES:
        model = OneOf("model", "Practice model", named, default=next(iter(named))).draw(address)
    else:
        outcome = pick_indicator(address, figures, "Outcome").indicator
with right:
    pool = OneOf("pool", "Compare with", pools, default="never_adopters").draw(address)
    years = Years("window", "Years compared", *usual_years(figures)).draw(address)
settle_depth(address)
address.write()


def specification(outcomes: list[str], model: str) -> Specification:
    """What is asked of each."""
    return Specification.from_dict(
        {
            "outcomes": outcomes,
            "treatment": {"model": model},
            "comparators": {"pool": pool, "neighbour_model": next(iter(vintages), "2021")},
            "window": {"first": years[0], "last": years[1]},
            "inference": {"family": "bh"},
        },
        where="the choices on this page",
    )


def link(model: str, outcome: str, label: str) -> str:
    """To the Impact page, the same question asked of one outcome alone, its result open as it is here."""
    asked_alone = replace(specification([outcome], model), inference=Inference())
    choices = {"model": model, "outcomes": outcome, "pool": pool, "window": f"{years[0]}-{years[1]}"}
    return impact_link(label, **choices, step="3", result=asked_alone.hash)


def offer_results(first: str, results: dict[str, Result], stem: str, title: str) -> None:
    """The results shown, to be taken away."""
    source = f"Source: estimates of this program from {figures.edition}."
    files = {"source": source, "illustrative": figures.illustrative, "title": title, "decimals": 3}
    offer_table(lambda: effects_by(first, results), f"{stem}-{years[0]}-{years[1]}", "results", **files)


if view == OUTCOMES:
    headline = rows[rows.headline & (rows.theme != "Context")]
    found, trouble = tried(survey_of, figures, specification(headline.indicator.tolist(), model))
    if trouble:
        st.error(as_plain_text(trouble))
        st.stop()
    results = found.analysis.results
    standing_shown(figures, found.analysis)
    show_answer(illustrative_word(figures, count_sentence(results, "outcomes", LEVEL)))
    for theme in dict.fromkeys(r.indicator.theme for r in results):
        mine = {r.indicator.label: r for r in results if r.indicator.theme == theme}
        links = {label: link(model, r.indicator.indicator, label) for label, r in mine.items()}
        table = results_frame(mine, "Outcome", links, LEVEL)
        show_table(table, caption=theme, numbers=NUMBERS, drawings=("Outcome", "Gap by year"), stacked=True, named=True)
    offer_results(
        "label", {r.indicator.label: r for r in results}, f"many-{model}", f"{named[model]}: every headline outcome"
    )
    refused = found.refused[["label", "reason"]].rename(columns={"label": "Outcome", "reason": "Why"})
else:
    found, trouble = tried(across_of, figures, specification([outcome], next(iter(named))), tuple(named))
    if trouble:
        st.error(as_plain_text(trouble))
        st.stop()
    for each in found.analyses:
        standing_shown(figures, each)
    if found.results:
        show_answer(illustrative_word(figures, count_sentence(found.results.values(), "models", LEVEL)))
        shown = {named[m]: r for m, r in found.results.items()}
        links = {named[m]: link(m, outcome, named[m]) for m in found.results}
        show_table(
            results_frame(shown, "Practice model", links, LEVEL),
            caption=rows.loc[outcome].label,
            numbers=NUMBERS,
            drawings=("Practice model", "Gap by year"),
            stacked=True,
            named=True,
        )
        offer_results("model", shown, f"many-{outcome}", f"{rows.loc[outcome].label}: every model")
    else:
        show_answer(illustrative_word(figures, "No model can be judged on this outcome in these years."))
    refused = found.refused.assign(name=found.refused.model.map(named))[["name", "reason"]]
    refused = refused.rename(columns={"name": "Practice model", "reason": "Why"})

st.caption(
    "Would be seen: the change that would be seen four times in five. p adjusted: by Benjamini and Hochberg for all rows "
    "together. Gap by year: adopters less where comparators’ path would put them, the band 95% over all years at once."
)
show_terms("many")
runs_line(figures)
if len(refused):
    with st.expander(f"{len(refused)} that could not be judged, and why"):
        show_table(refused, caption="Not judged", tall=len(refused) > 12)
