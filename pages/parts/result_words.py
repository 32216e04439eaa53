"""What an analysis found, put into the words and tables of the Impact page."""

from __future__ import annotations

import shlex
from pathlib import Path

import pandas as pd

from analytics.analysis import Analysis, Effect, Result
from analytics.checks.result import CANNOT_TELL, FAILED, HELD, WORDS
from analytics.effect import mean_before, method_line, placebos_text
from analytics.inference import rule
from analytics.own_model import OwnModel
from analytics.study import Study
from analytics.terms import choices_of
from analytics.wording import difference_unit, number_text, p_text
from pages.parts.check_words import figures_shown

UNLIKE = "Beyond 0.25 either way, the two groups are commonly read as unlike."

YEARS_END = "A year is the one that ends on 31 March: 2020 is April 2019 to March 2020."
HOW_KNOWN = {
    "published": "Published page",
    "seed": "Project’s papers",
    "recalled": "Recalled",
    "illustrative": "Invented",
}
REORGANISED = "Authorities of the past, and those followed with others as one area"


def people(number: int, one: str, more: str) -> str:
    """'1 adopter', '9 adopters'."""
    return f"{number:,} {one if number == 1 else more}"


def study_sentence(found: Study) -> str:
    """Who adopted, and over which years they are first exposed."""
    treated = found.treated
    first, last = treated.g.min(), treated.g.max()
    when = f"in {first}" if first == last else f"between {first} and {last}"
    return f"{people(len(treated), 'adopter', 'adopters')} with figures, first exposed {when}."


def comparator_sentence(found: Study) -> str:
    """How many are compared with, and how many are not."""
    return (
        f"{people(len(found.comparators), 'comparator', 'comparators')}; "
        f"{people(len(found.left_out), 'authority', 'authorities')} left out, each with its reason."
    )


def fell_out_sentences(analysis: Analysis) -> list[str]:
    """Who is in each outcome's estimate where that is not everyone found, the outcome named where there are more."""
    several = len(analysis.results) > 1
    return [f"{r.indicator.label}: {r.fell_out}" if several else r.fell_out for r in analysis.results if r.fell_out]


def adopters_table(found: Study) -> pd.DataFrame:
    """Adopters with dates, years, the judgement in force when they began, and sources."""
    words = {
        "name": "Authority",
        "start": "Start",
        "s": "First year touched",
        "g": "First exposed year",
        "ofsted": "Ofsted’s judgement then",
        "programme": "Programme",
        "known": "How known",
        "source": "Source",
        "note": "Note",
    }
    known = found.treated.confidence.map(lambda word: HOW_KNOWN.get(word, word))
    return found.treated.assign(known=known)[list(words)].rename(columns=words)


def comparators_table(found: Study) -> pd.DataFrame:
    """Comparators with their regions."""
    return found.comparators[["name", "region"]].rename(columns={"name": "Authority", "region": "Region"})


def neighbours_table(found: Study) -> pd.DataFrame:
    """Every statistical neighbour of the adopters: how near, how close, and why it is not compared where it is not."""
    near = found.neighbours
    return pd.DataFrame(
        {
            "Adopter": near.treated_name,
            "Place": [f"{rank}" for rank in near["rank"]],
            "Neighbour": near.name,
            "How close": near.closeness,
            "Compared": [f"No: {reason}" if reason else "Yes" for reason in near.reason],
        }
    )


def own_model_sentence(model: OwnModel) -> str:
    """What the reader's own neighbour model weighs."""
    return (
        f"My own model weighs {model.words()}, with the figures of {model.year}; its words for how close are our own."
    )


def left_out_table(left_out: pd.DataFrame) -> pd.DataFrame:
    """Who was left out, and why."""
    return left_out[["name", "reason"]].rename(columns={"name": "Authority", "reason": "Why"})


def balance_table(result: Result) -> pd.DataFrame:
    """Adopters and comparators before the first start."""
    d = result.indicator.decimals
    decimals = [0 if measure.startswith("Children") else d for measure in result.balance.measure]
    return pd.DataFrame(
        {
            "Before adoption": result.balance.measure,
            "Adopters": [number_text(v, n) for v, n in zip(result.balance.adopters, decimals, strict=True)],
            "Comparators": [number_text(v, n) for v, n in zip(result.balance.comparators, decimals, strict=True)],
            "Standardised difference": [number_text(v, 2) for v in result.balance.standardised_difference],
        }
    )


def interval_text(effect: Effect, decimals: int, level: float) -> str:
    """'95% interval -7.9 to 3.4', or why there is none."""
    if effect.interval_low is None:
        return effect.interval_note or "no interval can be given"
    return f"{level:.0%} interval {number_text(effect.interval_low, decimals)} to {number_text(effect.interval_high, decimals)}"


def effect_sentence(result: Result, level: float) -> str:
    """The estimate with its interval and p, and what it rests on."""
    e, d = result.effect, result.indicator.decimals
    unit = difference_unit(result.indicator.unit)
    adjusted = (
        f", {p_text(e.p_adjusted)} adjusted for the outcomes judged together" if e.p_adjusted != e.p_value else ""
    )
    return (
        f"Estimated change {number_text(e.estimate, d)} {unit} ({interval_text(e, d, level)}), p {p_text(e.p_value)}{adjusted}. "
        f"{people(e.n_treated, 'adopter', 'adopters')}, {people(e.n_comparators, 'comparator', 'comparators')}, "
        f"{e.n_years} years; {mean_before(result.indicator, e)}."
        f"{' ' if result.caution else ''}{result.caution}"
    )


def how_sentence(result: Result, analysis: Analysis) -> str:
    """Estimator, comparators, and how chance was judged with how many placebos, in one line."""
    return f"How: {method_line(result.effect, analysis.specification)}"


def chance_sentence(result: Result, analysis: Analysis) -> str:
    """How chance was judged, and the smallest p that could come out."""
    e = result.effect
    return (
        f"{e.method_sentence} {rule.SENTENCES[e.method]} Placebo adopters here: "
        f"{placebos_text(e, analysis.specification)}; the smallest p they can give is "
        f"{p_text(e.p_smallest)}."
    )


def tests_table(result: Result, level: float) -> pd.DataFrame:
    """Every test of an outcome, the one that decides first: p, interval, and what the method is."""
    e, d = result.effect, result.indicator.decimals
    rows = [
        (e.method, e.p_value, None if e.interval_low is None else (e.interval_low, e.interval_high), e.interval_note)
    ]
    rows += [(b.method, b.p_value, b.interval, b.note) for b in e.beside]
    called = choices_of("inference")
    return pd.DataFrame(
        [
            {
                "Test": f"{called[method]}{' (decides)' if place == 0 else ''}",
                "p": p_text(p) if p == p else "none",
                f"{level:.0%} interval": f"{number_text(ends[0], d)} to {number_text(ends[1], d)}" if ends else note,
                "In detail": rule.DETAILS[method],
            }
            for place, (method, p, ends, note) in enumerate(rows)
        ]
    )


def checks_table(result: Result) -> pd.DataFrame:
    """Every check with its result and what was found, those that failed first."""
    order = (FAILED, CANNOT_TELL, HELD)
    checks = sorted(result.checks, key=lambda c: order.index(c.verdict))
    return pd.DataFrame(
        {
            "Check": [c.name for c in checks],
            "Result": [WORDS[c.verdict] for c in checks],
            "What was found": [c.sentence for c in checks],
        }
    )


def checks_sentence(result: Result) -> str:
    """How many checks held, failed and could not tell."""
    counts = {word: len([c for c in result.checks if c.verdict == word]) for word in (HELD, FAILED, CANNOT_TELL)}
    return (
        f"{people(counts[HELD], 'check', 'checks')} held, {counts[FAILED]} failed and {counts[CANNOT_TELL]} could not tell. "
        "A failure among those that decide makes the verdict “cannot tell”; any other is named beside it."
    )


def checks_with_figures(result: Result) -> dict[str, str]:
    """Names of the checks that have figures to show, by themselves, after none."""
    return {"": "None"} | {c.name: c.name for c in result.checks if len(c.table)}


def check_figures(result: Result, name: str) -> pd.DataFrame:
    """The figures behind one check, as text."""
    return figures_shown(next(c.table for c in result.checks if c.name == name), result.indicator)


def matches_table(result: Result) -> pd.DataFrame:
    """Who is matched with whom before adoption, and how far apart they were."""
    d = result.indicator.decimals
    return pd.DataFrame(
        {
            "Adopter": result.matches.treated,
            "Place": [f"{rank}" for rank in result.matches["rank"]],
            "Match": result.matches.comparator,
            "Usual distance before": [number_text(v, d) for v in result.matches.distance],
        }
    )


def results_table(analysis: Analysis) -> pd.DataFrame:
    """One row an outcome: change, interval, p, verdict."""
    level = analysis.specification.inference.level
    rows = []
    for r in analysis.results:
        d = r.indicator.decimals
        between = (
            "none"
            if r.effect.interval_low is None
            else f"{number_text(r.effect.interval_low, d)} to {number_text(r.effect.interval_high, d)}"
        )
        rows.append(
            {
                "Outcome": r.indicator.label,
                "Unit": difference_unit(r.indicator.unit),
                "Change": number_text(r.effect.estimate, d),
                f"{level:.0%} interval": between,
                "p": p_text(r.effect.p_value),
                "p adjusted": p_text(r.effect.p_adjusted),
                "Verdict": r.verdict.heading,
            }
        )
    return pd.DataFrame(rows)


def power_table(analysis: Analysis) -> pd.DataFrame:
    """One row an outcome: the change that would be seen four times in five, before any result."""
    rows = []
    for r in analysis.results:
        d, unit = r.indicator.decimals, difference_unit(r.indicator.unit)
        rows.append(
            {
                "Outcome": r.indicator.label,
                "Unit": unit,
                "Would be seen": number_text(r.effect.mde, d),
                "Would matter": number_text(r.effect.smallest_effect, d),
                "Adopters’ mean before own start": number_text(r.effect.pre_mean, d),
                "Adopters": f"{r.effect.n_treated}",
                "Comparators": f"{r.effect.n_comparators}",
            }
        )
    return pd.DataFrame(rows)


def regression_shown(table: pd.DataFrame, decimals: int) -> pd.DataFrame:
    """The statsmodels table as text."""
    return pd.DataFrame(
        {
            "Term": table.term,
            "Estimate": [number_text(v, decimals + 1) for v in table.estimate],
            "Standard error": [number_text(v, decimals + 1) for v in table.standard_error],
            "p (clustered)": [p_text(v) for v in table.p_value],
            "95% interval": [
                f"{number_text(lo, decimals + 1)} to {number_text(hi, decimals + 1)}"
                for lo, hi in zip(table.low, table.high, strict=True)
            ],
        }
    )


def means_shown(table: pd.DataFrame, decimals: int) -> pd.DataFrame:
    """Callaway and Sant'Anna's four means as text."""
    return pd.DataFrame(
        {
            "Mean": table["mean"],
            "At": table["at"].replace("", "all"),
            "Estimate": [number_text(v, decimals + 1) for v in table.estimate],
            "Standard error": [number_text(v, decimals + 1) for v in table.standard_error],
            "Band": [
                "" if lo != lo else f"{number_text(lo, decimals + 1)} to {number_text(hi, decimals + 1)}"
                for lo, hi in zip(table.band_low, table.band_high, strict=True)
            ],
        }
    )


def command(place: Path) -> str:
    """The command that gives the same numbers from the database now served."""
    return f"python -m analytics run spec.toml --database {shlex.quote(str(place))} --out results"


def is_worse(result: Result) -> bool:
    """Whether evidence points to the side that the indicator calls worse; never where it has no better."""
    polarity, estimate = result.indicator.polarity, result.effect.estimate
    return polarity != "none" and (estimate > 0) != (polarity == "higher")
