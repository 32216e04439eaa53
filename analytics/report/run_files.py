"""Files of one analysis: effects, event study, panel, checks, a report, and the specification that made them."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from analytics.analysis import Analysis, Result
from analytics.checks.result import WORDS
from analytics.effect import mean_before, method_line
from analytics.errors import PracticeError
from analytics.inference import rule
from analytics.protocol import UNREGISTERED, Standing
from analytics.spec import Specification
from analytics.synthetic import ESTIMATOR, synthetic_of
from analytics.terms import choices_of
from analytics.wording import counted, difference_unit, number_text, p_text

EFFECT_COLUMNS = (
    "outcome",
    "estimate",
    "interval_low",
    "interval_high",
    "p_value",
    "p_smallest",
    "p_adjusted",
    "n_treated",
    "n_comparators",
    "n_years",
    "pre_mean",
    "mde",
    "verdict",
)
LEFT_OUT, REORGANISED = "Left out", "Reorganised"
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def effects(analysis: Analysis) -> pd.DataFrame:
    """One row an outcome: effects.csv."""
    return pd.DataFrame(map(_effect, analysis.results), columns=EFFECT_COLUMNS)


def effects_by(first: str, results: Mapping[str, Result]) -> pd.DataFrame:
    """One row a result, what it is of in a first column of that name."""
    rows = ({first: name} | _effect(result) for name, result in results.items())
    return pd.DataFrame(rows, columns=[first, *EFFECT_COLUMNS])


def _effect(result: Result) -> dict[str, object]:
    held = vars(result.effect) | {"outcome": result.indicator.indicator, "verdict": result.verdict.word}
    return {column: held[column] for column in EFFECT_COLUMNS}


def event_study(analysis: Analysis) -> pd.DataFrame:
    """One row an outcome and event time: event_study.csv."""
    return pd.concat(
        [r.event_study.assign(outcome=r.indicator.indicator) for r in analysis.results], ignore_index=True
    )[["outcome", "event_time", "estimate", "band_low", "band_high", "n_treated"]]


def panel(analysis: Analysis) -> pd.DataFrame:
    """One row an outcome, authority and year: panel.csv; who left, and why, as rows without a year."""
    cells = pd.concat([r.cells for r in analysis.results], ignore_index=True).assign(reason="")
    study = analysis.study
    gone = [study.left_out.assign(outcome="", role=LEFT_OUT), study.reorganised.assign(outcome="", role=REORGANISED)]
    gone += [r.left_out.assign(outcome=r.indicator.indicator, role=LEFT_OUT) for r in analysis.results]
    left = pd.concat(gone, ignore_index=True).assign(group=LEFT_OUT)
    left["role"] = left.role.str.lower()
    return pd.concat([cells, left], ignore_index=True).astype({"year": "Int64"})[
        [
            "outcome",
            "area_code",
            "name",
            "group",
            "role",
            "year",
            "value",
            "status",
            "children",
            "weight",
            "s",
            "g",
            "reason",
        ]
    ]


def checks(analysis: Analysis) -> pd.DataFrame:
    """One row an outcome and check, then one an authority that left, with its reason: checks.csv."""
    rows = [
        (r.indicator.indicator, c.name, c.verdict, c.sentence, "yes" if c.decisive else "no")
        for r in analysis.results
        for c in r.checks
    ]
    gone = [("", LEFT_OUT, analysis.study.left_out), ("", REORGANISED, analysis.study.reorganised)]
    gone += [(r.indicator.indicator, LEFT_OUT, r.left_out) for r in analysis.results]
    rows += [
        (outcome, what, "", f"{row.name}: {row.reason}", "no")
        for outcome, what, frame in gone
        for row in frame.itertuples(index=False)
    ]
    return pd.DataFrame(rows, columns=["outcome", "check", "result", "sentence", "decides"])


def tests(analysis: Analysis) -> pd.DataFrame:
    """One row an outcome and test, the one that decides first: tests.csv."""
    rows = []
    for r in analysis.results:
        e = r.effect
        first = (e.method, e.p_value, (e.interval_low, e.interval_high), e.interval_note)
        beside = [(b.method, b.p_value, b.interval or (None, None), b.note) for b in e.beside]
        for place, (method, p, (low, high), note) in enumerate([first, *beside]):
            rows.append((r.indicator.indicator, method, "no" if place else "yes", p, low, high, note))
    columns = ["outcome", "method", "decides", "p_value", "interval_low", "interval_high", "note"]
    return pd.DataFrame(rows, columns=columns)


def synthetic(analysis: Analysis) -> dict[str, pd.DataFrame]:
    """Files of synthetic control by name without ending, none for other estimators.

    synthetic: one row an outcome, line and year since first exposed; line -1 are the adopters, with their synthetic selves, the
    others placebos drawn (at most 100), named by their authorities. synthetic_weights: one row an outcome, adopter and
    authority in its mix, with the adopter's change from a mix without it.
    """
    if analysis.specification.estimator.name != ESTIMATOR:
        return {}
    lines, weights = [], []
    for outcome in (result.indicator.indicator for result in analysis.results):
        found = synthetic_of(analysis.study, outcome)
        own = found.path[["event_time", "year", "actual", "synthetic", "gap"]].assign(line=-1, authorities="adopters")
        others = found.lines.rename(columns={"placebo": "authorities"})
        lines.append(pd.concat([own, others], ignore_index=True).assign(outcome=outcome))
        weights.append(found.weights.assign(outcome=outcome))
    columns = ["outcome", "line", "authorities", "event_time", "year", "actual", "synthetic", "gap"]
    shares = ["outcome", "adopter", "donor", "weight", "without"]
    return {
        "synthetic": pd.concat(lines, ignore_index=True)[columns],
        "synthetic_weights": pd.concat(weights, ignore_index=True)[shares].rename(
            columns={"without": "change_without"}
        ),
    }


def _safe(value: object) -> object:
    """Text that a spreadsheet would run as a formula gets a leading apostrophe; numbers never."""
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA_STARTS) else value


def csv_text(frame: pd.DataFrame) -> str:
    """CSV at full precision, empty where there is no figure, safe to open in a spreadsheet."""
    safe = frame.map(_safe) if len(frame) else frame
    return safe.to_csv(index=False, lineterminator="\n")


def _outcome_section(result: Result, spec: Specification) -> list[str]:
    e, d, level = result.effect, result.indicator.decimals, spec.inference.level
    between = (
        e.interval_note
        if e.interval_low is None
        else f"{level:.0%} interval {number_text(e.interval_low, d)} to {number_text(e.interval_high, d)}"
    )
    lines = [
        f"## {result.indicator.label}",
        "",
        f"Unit: {result.indicator.unit}; changes in {difference_unit(result.indicator.unit)}."
        if result.indicator.unit != difference_unit(result.indicator.unit)
        else f"Unit: {result.indicator.unit}.",
        "",
        f"**{result.verdict.heading}.** {result.verdict.sentence}",
        "",
        f"- What could be seen: {result.power_sentence}",
        f"- Estimate {number_text(e.estimate, d)}; {between}; p {p_text(e.p_value)}"
        + (f", adjusted for the outcomes tested together {p_text(e.p_adjusted)}" if e.p_adjusted != e.p_value else "")
        + f"; smallest possible p {p_text(e.p_smallest)}.",
        *([f"- {result.caution}"] if result.caution else []),
        f"- {counted(e.n_treated, 'adopter')}, {counted(e.n_comparators, 'comparator')}, {counted(e.n_years, 'year')}; "
        f"{mean_before(result.indicator, e)}.",
        f"- How: {method_line(e, spec)}",
        f"- {e.method_sentence} {rule.SENTENCES[e.method]}",
        *(
            f"- Beside it, {choices_of('inference')[b.method]}: p {p_text(b.p_value)}."
            for b in e.beside
            if b.p_value == b.p_value
        ),
        "",
        "| check | result | |",
        "|---|---|---|",
    ]
    lines += [f"| {c.name} | {WORDS[c.verdict]} | {c.sentence} |" for c in result.checks]
    return [*lines, ""]


def standing_sentences(standing: Standing) -> str:
    """Whether it was pre-specified; the outcomes of the protocol; what could not be recorded."""
    outcomes = standing.protocol.outcomes_sentence if standing.pre_specified else ""
    return " ".join(filter(None, (standing.sentence, outcomes, standing.trouble)))


def report(analysis: Analysis, standing: Standing = UNREGISTERED) -> str:
    """The analysis in plain words, Markdown: report.md."""
    spec, study = analysis.specification, analysis.study
    mark = "Illustrative: invented authorities and figures.\n\n" if study.illustrative else ""
    title = spec.title or "Did outcomes change after adoption?"
    lines = [
        f"# {title}",
        "",
        mark
        + "Published figures of whole authorities start a conversation; they do not measure performance, and a change is not "
        "shown to be due to the model. Child-level data would bear more.",
        "",
        f"Specification {spec.hash}. Figures: {study.edition}. {standing_sentences(standing)}",
        "",
        f"Compared: {counted(len(study.treated), 'adopter')} with {counted(len(study.comparators), 'comparator')} "
        f"(“{choices_of('pool')[spec.comparators.pool]}”), years {spec.window.first} to {spec.window.last}. "
        f"Estimator: “{choices_of('estimator')[spec.estimator.name]}”.",
        "",
    ]
    for result in analysis.results:
        lines += [f"{result.indicator.label}: {result.fell_out}", ""] if result.fell_out else []
    for warning in study.warnings:
        lines += [f"**{warning}**", ""]
    for result in analysis.results:
        lines += _outcome_section(result, spec)
    lines += [
        "## Adopters",
        "",
        "| authority | start | first year touched | first exposed year | source |",
        "|---|---|---|---|---|",
    ]
    lines += [
        f"| {t.name} | {t.start} | {t.s} | {t.g} | {t.source} ({t.confidence}) |" for t in study.treated.itertuples()
    ]
    if study.neighbours is not None:
        lines += [
            "",
            f"## Statistical neighbours ({study.neighbour_model})",
            "",
            "| adopter | neighbour | closeness | compared |",
        ]
        lines += ["|---|---|---|---|"]
        lines += [
            f"| {n.treated_name} | {n.name} | {n.closeness} | {f'no: {n.reason}' if n.reason else 'yes'} |"
            for n in study.neighbours.itertuples()
        ]
    lines += ["", "## Left out", "", "| authority | why |", "|---|---|"]
    lines += [f"| {r.name} | {r.reason} |" for r in study.left_out.itertuples()]
    if len(study.reorganised):
        lines += ["", "## Authorities of the past, and those followed with others as one area", ""]
        lines += ["| authority | what became of it |", "|---|---|"]
        lines += [f"| {r.name} | {r.reason} |" for r in study.reorganised.itertuples()]
    return "\n".join(lines) + "\n"


def run_files(analysis: Analysis, standing: Standing = UNREGISTERED) -> dict[str, str]:
    """Text of each file, by name; the names are a public interface. A pre-specified run has its protocol among them.

    Every table ends with the columns `standing` (pre-specified or exploratory) and `figures` (published or illustrative), so
    that no row travels without them.
    """
    kind = "illustrative" if analysis.study.illustrative else "published"
    tables = {"effects": effects, "event_study": event_study, "panel": panel, "checks": checks, "tests": tests}
    marks = {"standing": standing.word, "figures": kind}
    held = {name: table(analysis) for name, table in tables.items()} | synthetic(analysis)
    files = {f"{name}.csv": csv_text(table.assign(**marks)) for name, table in held.items()}
    files |= {"report.md": report(analysis, standing), "spec.toml": analysis.specification.to_toml()}
    return files | ({"protocol.toml": standing.protocol.to_toml()} if standing.pre_specified else {})


def write_run(analysis: Analysis, folder: Path, standing: Standing = UNREGISTERED) -> list[Path]:
    """The files of a run in a folder, which is made if need be."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        written = []
        for name, text in run_files(analysis, standing).items():
            (folder / name).write_text(text, encoding="utf-8")
            written.append(folder / name)
    except OSError as error:
        raise PracticeError(f"Cannot write to {folder}: {error.strerror}. Name another folder with --out.") from error
    return written


def run_zip(analysis: Analysis, standing: Standing = UNREGISTERED) -> bytes:
    """The same files in one zip; equal analyses give equal bytes."""
    return zipped(run_files(analysis, standing))


def zipped(files: Mapping[str, str]) -> bytes:
    """Texts by name, deflated into a zip without a clock: equal files give equal bytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, text in files.items():
            # A ZipInfo says itself how it is compressed; what the archive was opened with does not reach it.
            archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), text, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()
