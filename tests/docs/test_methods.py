"""docs/methods.md: it names all that can be chosen or checked, and its figures are those of the code."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from analytics.checks import (
    all_checks,
    bacon,
    case,
    contaminated,
    pre_trends,
    regression_to_mean,
    smoothness,
    suppression,
    synthetic_fit,
)
from analytics.effect import DEFAULT_SMALLEST_SHARE
from analytics.inference import permutation, rule
from analytics.terms import CHOICES, choices_of, glossary
from tests.benchmarks.size_table import METHODS, ROWS

PROJECT = Path(__file__).parents[2]
TEXT = (PROJECT / "docs" / "methods.md").read_text(encoding="utf-8")
BODY, _, REFERENCES = TEXT.partition("## References")
PLAIN = " ".join(BODY.split()).replace("*", "")  # wrapped lines joined, italics off
OF_THE_DATA = ("Card and Krueger (1994)", "Cunningham (2021)", "Kiel and McClain (1995)")  # works that no term names


@pytest.mark.parametrize(("kind", "value"), [(kind, value) for kind in CHOICES for value in CHOICES[kind]])
def test_every_choice_is_named_by_its_key(kind, value):
    assert f"`{value}`" in BODY


@pytest.mark.parametrize("kind", ["estimator", "inference", "pool"])
def test_a_choice_is_called_what_the_pages_call_it(kind):
    for value, words in choices_of(kind).items():
        if value != "by_rule":
            called = words.partition(":")[0].replace("’", "'")
            assert re.search(rf"\| {re.escape(called)}( \(usual\))? \| `{value}` \|", BODY), called


def test_every_check_is_a_row_and_says_whether_it_decides():
    rows = dict(
        re.findall(r"^\| ([^|]+?) \| .+ \|(.*)\|$", BODY.partition("## Checks")[2].partition("## The")[0], re.MULTILINE)
    )
    rows.pop("check")
    assert {name: "decides" in last for name, last in rows.items()} == {c.name: c.decisive for c in all_checks()}
    assert "nineteen checks" in BODY and len(rows) == 19


@pytest.mark.parametrize(
    ("held", "said"),
    [
        (rule.FEW, "| 1 to {held_less_one} | `size_matched`"),
        (rule.MANY, "| {held} or more | `cr2`"),
        (permutation.MATCHED_POOL, "one of the {held} authorities nearest in children"),
        (permutation.MOST_ENUMERATED, "up to {held:,} are enumerated"),
        (permutation.POWER_MULTIPLE, "Minimum detectable effect = {held} × SD"),
        (case.CHECK_DRAWS, "at most {held:,} placebos"),
        (suppression.MOST_SUPPRESSED, "over {held:.0%} of the adopters' cells are suppressed |"),
        (contaminated.MOST_RECORDED, "over {held:.0%} of the untreated are"),
        (regression_to_mean.UNUSUAL, "unusual (p ≤ .{held_hundredths} against"),
        (pre_trends.FEWEST_YEARS, "needs {held} years and"),
        (pre_trends.FEWEST_PLACEBOS, "years and {held} placebos"),
        (smoothness.FEWEST_YEARS, "needs a finding and {held} years"),
        (synthetic_fit.FEWEST_YEARS, "under {held} years before (synthetic"),
        (bacon.MOST_ALREADY_EXPOSED, "over {held:.0%} of the weight"),
        (DEFAULT_SMALLEST_SHARE, "else a fifth of the adopters' mean before"),
    ],
)
def test_a_threshold_is_the_codes(held, said):
    words = {"held": held, "held_less_one": held - 1, "held_hundredths": f"{100 * held:.0f}"}
    assert said.format(**words) in PLAIN
    assert DEFAULT_SMALLEST_SHARE == 1 / 5


def test_the_size_table_is_the_benchmarks():
    heading = re.search(r"^\| adopters \| CR1 \|(.+)\|$", BODY, re.MULTILINE)[1]
    assert re.findall(r"`(\w+)`", heading) == list(METHODS[1:])
    for row in ROWS:
        cells = re.search(rf"^\| {re.escape(row.label)} \| (.+\(.+) \|$", BODY, re.MULTILINE)[1].split(" | ")
        assert tuple(float(cell.split()[0]) for cell in cells) == row.before


def test_every_reference_is_whole_and_cited():
    works = {work for term in glossary().terms for work in term.reference}
    listed = re.findall(r"^- (.+)$", REFERENCES, re.MULTILINE)
    assert len(listed) == len(set(listed)) >= 25
    for work in listed:
        assert work.removesuffix(".") in works or work in works or work.startswith(OF_THE_DATA)
        who, year = re.match(r"(.+?) \((\d{4})\)", work).groups()
        first = re.split(", | and ", who)[0].replace("’", "'")
        assert re.search(rf"{first}\b[^.|;]*?{year}", PLAIN), f"{who} ({year}) is not cited"


def test_every_file_that_cites_it_says_where_it_is():
    files = [f for kind in ("*.py", "*.sql", "*.toml", "*.csv") for f in PROJECT.rglob(kind) if f != Path(__file__)]
    citing = {f: f.read_text(encoding="utf-8") for f in files if "data/extracts" not in f.as_posix()}
    citing = {f: text for f, text in citing.items() if "methods.md" in text}
    assert len(citing) > 5
    assert [f.name for f, text in citing.items() if re.search(r"(?<!docs/)\bmethods\.md", text)] == []


def test_a_section_that_is_cited_is_there():
    cited = {
        section
        for f in (PROJECT / "analytics").rglob("*.py")
        for section in re.findall(r"docs/methods\.md, ([A-Z][a-z ]+)", f.read_text(encoding="utf-8"))
    }
    assert cited
    for section in cited:
        assert re.search(rf"^(## |\*\*){section}\b", BODY, re.MULTILINE), section
