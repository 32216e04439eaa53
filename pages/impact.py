"""Did an outcome change where a practice model was adopted, compared with authorities where it was not?

A numbered path: a step opens when the one before is answered, and the result stays hidden until it is asked for.
"""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from analytics.charts.event_study import event_picture
from analytics.charts.means import means_picture
from analytics.charts.spec_curve import curve_picture, grid_sentence
from analytics.grid import GRID_DRAWS, combinations, specifications, usual
from analytics.group_time_table import WARNING as MEANS_WARNING
from analytics.regression_table import WARNING
from analytics.report.replication import replication_zip
from analytics.report.run_files import effects, run_zip
from analytics.study import Study
from analytics.synthetic import ESTIMATOR
from analytics.warehouse import location
from pages.parts import result_words as words
from pages.parts.address import Address, as_plain_text
from pages.parts.analyses import analysis_of, dimensions_of, grid_of, means_of, regression_of, study_of
from pages.parts.chart_frame import offer_table, show_picture
from pages.parts.choices import OneOf, SomeOf, YesNo
from pages.parts.figures import illustrative_word, tried, warehouse
from pages.parts.path import Path
from pages.parts.protocol import grid_shown, runs_line, save_as_protocol, standing_line, standing_shown
from pages.parts.question_form import question_form
from pages.parts.source_note import source_line
from pages.parts.synthetic_part import show_synthetic
from pages.parts.tables import show_table
from pages.parts.terms import settle_depth, show_terms
from pages.parts.verdict_box import show_answer, show_verdict

figures = warehouse()
address = Address()
form = question_form(figures, address)
specification = form.specification(address)
path = Path(address, specification)
settle_depth(address)
shown = OneOf(
    "shown",
    "Outcome shown below",
    {o: form.outcomes.options[o] for o in specification.outcomes},
    default=specification.outcomes[0],
    quiet=True,
)
if path.result_asked:
    shown.settle(address)
prefix = "illustrative-" if figures.illustrative else ""
read_from = {
    "source": f"Source: estimates of this program from {figures.edition}.",
    "illustrative": figures.illustrative,
    "decimals": 3,
}


def marked(sentence: str) -> str:
    """A sentence about these figures, marked where they are invented."""
    return illustrative_word(figures, sentence)


def show_warnings(study: Study) -> None:
    """What must stand beside every result."""
    for sentence in study.warnings:
        st.warning(as_plain_text(sentence))


st.title("Impact", anchor=False)
st.markdown("Did an outcome change where a practice model was adopted, compared with authorities where it was not?")
said = st.container()

st.header("1 Question", anchor=False)
left, right = st.columns(2)
with left:
    form.model.draw(address)
with right:
    form.programme.draw(address)
form.outcomes.draw(address)
with st.expander("Who counts as an adopter, and from which year"):
    form.roles.draw(address)
    form.exposure.draw(address)
    form.transition.draw(address)
    left, right = st.columns(2)
    with left:
        form.lag_first.draw(address)
    with right:
        form.lag_last.draw(address)
with said:
    address.write()
found, trouble = tried(study_of, figures, specification)
if found:
    show_answer(marked(words.study_sentence(found)))
    with st.expander("The adopters, their dates and where these are from"):
        years = ("First year touched", "First exposed year")
        show_table(words.adopters_table(found), caption="Adopters", numbers=years, tall=True)
        offer_table(lambda: found.treated, f"adopters-{specification.hash}", "adopters", title="Adopters", **read_from)
    show_terms("question")
    path.next_step(1, "Continue to comparators")
path.stop_at(1, trouble)

if path.reaches(2):
    st.header("2 Comparators", anchor=False)
    left, right = st.columns(2)
    with left:
        form.pool.draw(address)
    with right:
        form.other_models.draw(address)
    if form.names_them(address):
        form.named.draw(address)
    if form.takes_neighbours(address):
        left, right = st.columns(2)
        with left:
            form.vintage.draw(address)
        with right:
            form.least_close.draw(address)
        if form.takes_own(address):
            st.caption(as_plain_text(words.own_model_sentence(form.own)))
        with st.container(key="way_near"):
            st.page_link("pages/neighbours.py", label="Make a neighbour model of your own")
    if form.matches_them(address):
        form.matches.draw(address)
    with st.expander("Which years are compared"):
        form.years.draw(address)
        form.without.draw(address)
        form.complete.draw(address)
    trouble = trouble or form.waiting(address)
    analysis = None
    if not trouble:
        show_warnings(found)
        show_answer(marked(words.comparator_sentence(found)))
        with st.expander("The comparators"):
            show_table(words.comparators_table(found), caption="Comparators", tall=True)
        if found.neighbours is not None:
            with st.expander("Every statistical neighbour of the adopters, and how close"):
                table = words.neighbours_table(found)
                show_table(table, caption="Statistical neighbours", numbers=("Place",), tall=True)
        with st.expander("Who is left out, and why"):
            st.caption(words.YEARS_END)
            show_table(words.left_out_table(found.left_out), caption="Left out", tall=True)
            if len(found.reorganised):
                show_table(words.left_out_table(found.reorganised), caption=words.REORGANISED, tall=True)
        analysis, trouble = tried(analysis_of, figures, specification)
    if analysis:
        for result in analysis.results:
            if result.matches is not None:
                with st.expander(f"Who is matched with whom: {result.indicator.label}"):
                    show_table(
                        words.matches_table(result), caption="Matches", numbers=("Usual distance before",), tall=True
                    )
            show_table(
                words.balance_table(result),
                caption=f"How alike they were before: {result.indicator.label}",
                numbers=("Adopters", "Comparators", "Standardised difference"),
                stacked=True,
                named=True,
            )
        st.caption(words.UNLIKE)
        show_terms("comparators")
        path.next_step(2, "Continue to what could be seen")
    path.stop_at(2, trouble)

if path.reaches(3):
    st.header("3 What could be seen", anchor=False)
    if analysis and len(analysis.results) == 1:
        show_answer(marked(analysis.results[0].power_sentence))
    elif analysis:
        show_answer(marked("A change of at least this size would be seen four times in five."))
        table = words.power_table(analysis)
        show_table(table, caption="What could be seen", numbers=table.columns[2:])
    if analysis:
        for sentence in words.fell_out_sentences(analysis):
            st.markdown(as_plain_text(marked(sentence)))
        form.draw_smallest(address)
    with st.expander("How the change is estimated and chance is judged"):
        left, right = st.columns(2)
        with left:
            for choice in (form.estimator, *form.drawn_for(address), form.weights, form.level):
                choice.draw(address)
        with right:
            for choice in (form.inference, form.family, form.draws, form.seed):
                choice.draw(address)
        if analysis:
            st.markdown(words.chance_sentence(analysis.results[0], analysis))
    path.stop_at(3, trouble)
    show_terms("seen")
    save_as_protocol(figures, found, form.outcomes.options, prefix=prefix)
    with st.container(horizontal=True, key="specification_files"):
        path.ask_for_result("Show the result")
        st.download_button(
            "Save this specification (TOML)",
            specification.to_toml,
            file_name=f"{prefix}specification-{specification.hash}.toml",
            mime="application/toml",
            key="specification",
            on_click="ignore",
            type="tertiary",
        )

if path.result_asked:
    st.header("4 Result", anchor=False)
    standing = standing_shown(figures, analysis)
    result = analysis.results[0]
    if len(analysis.results) > 1:
        table = words.results_table(analysis)
        show_table(table, caption=marked("Every outcome"), numbers=table.columns[2:6])
        title = f"Every outcome of specification {specification.hash}"
        offer_table(lambda: effects(analysis), f"effects-{specification.hash}", "effects", title=title, **read_from)
        outcome = shown.draw(address)
        result = next(r for r in analysis.results if r.indicator.indicator == outcome)
    level = specification.inference.level
    show_warnings(found)
    show_verdict(result, worse=words.is_worse(result))
    standing_line(figures, found, standing)
    st.markdown(marked(words.effect_sentence(result, level)))
    st.markdown(as_plain_text(words.how_sentence(result, analysis)))
    if result.effect.beside or result.effect.overridden:
        st.markdown(marked(result.effect.method_sentence))
        with st.expander("Every test of this result, side by side"):
            show_table(words.tests_table(result, level), caption="Tests", numbers=("p",))
    source = source_line(figures, result.indicator.source)
    stem = f"impact-{specification.hash}-{result.indicator.indicator}"
    left, right = st.container(key="pair").columns(2)
    with left:
        show_picture(
            means_picture(result, source=source, stem=stem, illustrative=figures.illustrative),
            key="means",
            under=True,
        )
    with right:
        show_picture(
            event_picture(result, level=level, source=source, stem=stem, illustrative=figures.illustrative),
            key="gap",
            under=True,
        )
    if specification.estimator.name == ESTIMATOR:
        show_synthetic(figures, found, result, source=source, stem=stem)
    st.markdown(
        "These are figures of whole authorities, weaker evidence than records of children. A change after adoption is not "
        "shown to be due to the model: other things changed in the same years."
    )
    show_terms("result")

    st.header("5 Checks", anchor=False)
    st.markdown(as_plain_text(f"{result.indicator.label}: could the result have come about in another way?"))
    st.markdown(words.checks_sentence(result))
    show_table(words.checks_table(result), caption="Checks", stacked=True)
    behind = OneOf("check", "Figures behind a check", words.checks_with_figures(result), default="", quiet=True)
    name = behind.draw(address)
    if name:
        table = words.check_figures(result, name)
        show_table(table, caption=name, numbers=table.columns[1:], tall=len(table) > 12)
    if len(result.left_out):
        with st.expander("Who was left out for this outcome, and why"):
            show_table(words.left_out_table(result.left_out), caption="Left out for this outcome", tall=True)
    regression = st.expander(
        "The two-way regression as a table (not the basis of the verdict)", on_change="rerun", key="regression"
    )
    if regression.open:
        with regression:
            st.markdown(WARNING)
            table = words.regression_shown(
                regression_of(figures, specification, result.indicator.indicator), result.indicator.decimals
            )
            show_table(table, caption=marked("Two-way regression"), numbers=table.columns[1:], tall=True)
    if specification.estimator.name == "callaway_santanna":
        four = st.expander(
            "Callaway and Sant’Anna’s four means (not the basis of the verdict)", on_change="rerun", key="four"
        )
        if four.open:
            with four:
                st.markdown(MEANS_WARNING)
                table, before = means_of(figures, found, result.indicator.indicator)
                shown_means = words.means_shown(table, result.indicator.decimals)
                show_table(shown_means, caption=marked("Four means"), numbers=shown_means.columns[2:], tall=True)
                st.markdown(before)
    show_terms("checks")

    st.header("6 Grid", anchor=False)
    st.markdown(
        "Does the answer depend on how the question is asked? Here it is asked in every combination of these choices, "
        f"each judged by at most {GRID_DRAWS} placebos: its p may differ from the result’s by a hundredth or two."
    )
    dimensions = {d.key: d for d in dimensions_of(figures, specification)}
    varied = SomeOf(
        "vary",
        "Vary",
        {key: d.name for key, d in dimensions.items()},
        default=usual(dimensions),
        few=True,
        quiet=True,
        least=1,
    )
    chosen = tuple(dimensions[key] for key in varied.draw(address))
    asked_for = YesNo("grid", f"Ask in all {combinations(chosen):,} ways", default=False)
    if asked_for.draw(address):
        found_grid = grid_of(figures, specification, result.indicator.indicator, chosen)
        one = replace(specification, outcomes=(result.indicator.indicator,))
        every = (asked for _, asked in specifications(one, chosen))
        grid_shown(figures, analysis.study, every, " ".join(d.key for d in chosen))
        show_answer(marked(grid_sentence(found_grid, result.indicator, level=level)))
        show_picture(
            curve_picture(
                found_grid,
                chosen,
                result.indicator,
                level=level,
                source=source,
                stem=stem,
                illustrative=figures.illustrative,
            ),
            key="grid_curve",
            under=True,
        )
    show_terms("grid")
    runs_line(figures)

    st.header("7 Take away", anchor=False)
    st.markdown(f"Specification `{specification.hash}` on {figures.edition}: {standing.line}.")
    with st.container(horizontal=True, key="take_away_files"):
        st.download_button(
            "Download every file of this analysis (ZIP)",
            lambda: run_zip(analysis, standing),
            file_name=f"{prefix}impact-{specification.hash}.zip",
            mime="application/zip",
            key="zip",
            on_click="ignore",
            type="tertiary",
        )
        st.download_button(
            "Download the replication bundle (ZIP)",
            lambda: replication_zip(analysis, figures, standing),
            file_name=f"{prefix}replicate-{specification.hash}.zip",
            mime="application/zip",
            key="bundle",
            on_click="ignore",
            type="tertiary",
        )
    st.markdown(
        "The replication bundle holds the panel, every placebo and two scripts (Python with numpy and pandas; base R) that "
        "work the results out again without this program."
    )
    st.markdown("The same numbers without the page:")
    st.code(words.command(location()), language="bash", wrap_lines=True)
    show_terms("take_away")
