"""The glossary: every word explained twice, and nothing that can be chosen or checked left without one."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from analytics.checks import all_checks
from analytics.errors import BadFacts, UnknownName
from analytics.terms import CHOICES, FILE, KINDS, STEPS, Term, choices_of, glossary, read_glossary, terms_of

TERMS = glossary().terms
MOST_WORDS, LONGEST_SENTENCE = 60, 30  # of a member's text, in words
FORMULA = re.compile(r"[=<>≤≥±∓×÷√Σ∑∏α-ωΑ-Ω²³⁻⁰¹⁴-⁹₀-₉^_|{}\\]|\w/\w|\d\s*[+*]\s*\d")
RESEARCHERS_WORDS = (
    "coefficient", "variance", "standard error", "standard deviation", "heteroskedastic", "null", "parameter", "estimator",
    "parallel trends", "p-value", "residual", "covariate", "confidence", "significant", "robust", "because of",
)  # fmt: skip
KNOWN = CHOICES | {"check": tuple(check.name for check in all_checks())}


def each_term():
    return pytest.mark.parametrize("term", TERMS, ids=[term.id for term in TERMS])


@each_term()
def test_a_members_text_is_short_plain_and_without_a_formula(term: Term):
    words = term.member.split()
    assert 10 <= len(words) <= MOST_WORDS
    assert max(len(s.split()) for s in re.split(r"(?<=[.?!:])”?\s", term.member)) <= LONGEST_SENTENCE
    assert not FORMULA.search(term.member)
    assert not [word for word in RESEARCHERS_WORDS if word in term.member.lower()]
    assert term.member.endswith(".")


@each_term()
def test_a_researchers_text_defines_and_names_its_works(term: Term):
    assert len(term.researcher) >= 150 and term.researcher.endswith(".")
    assert "because of" not in term.researcher.lower()
    assert term.reference
    for work in term.reference:
        assert re.match(r"\D+ \(\d{4}\), \S.{10,}", work), "authors (year), title, where"
        assert "doi" not in work or re.search(r"\. doi:10\.\d{4,9}/\S+[^.\s]$", work), "a DOI ends its work"


@each_term()
def test_a_term_says_where_it_is_shown(term: Term):
    assert set(term.steps) <= set(STEPS)
    assert len(set(term.steps)) == len(term.steps)


@pytest.mark.parametrize("kind", KNOWN)
def test_everything_that_can_be_chosen_or_checked_has_a_term(kind):
    explained = [each.partition(":")[2] for term in TERMS for each in term.about if each.startswith(f"{kind}:")]
    assert sorted(explained) == sorted(KNOWN[kind])


def test_the_kinds_tested_are_the_kinds_there_are():
    assert set(KNOWN) == set(KINDS)


@pytest.mark.parametrize(
    ("kind", "step"),
    [
        pytest.param("check", "checks", id="a check, where the checks are"),
        pytest.param("estimator", "seen", id="an estimator, where it is chosen"),
        pytest.param("inference", "seen", id="a test, where it is chosen"),
        pytest.param("family", "seen", id="a family, where it is chosen"),
        pytest.param("pool", "comparators", id="a pool, where it is chosen"),
    ],
)
def test_a_choice_is_explained_where_it_is_made(kind, step):
    about = [term for term in TERMS if any(each.startswith(f"{kind}:") for each in term.about)]
    assert [term.id for term in about if step not in term.steps] == []


@pytest.mark.parametrize("kind", CHOICES)
def test_each_choice_is_called_one_thing_and_nothing_else_is_called_that(kind):
    called = choices_of(kind)
    assert tuple(called) == CHOICES[kind]
    assert len(set(called.values())) == len(called)
    assert not [words for words in called.values() if "_" in words or not words[0].isupper()]


def test_no_other_place_writes_the_name_of_a_choice_again():
    names = {words for kind in CHOICES for words in choices_of(kind).values()} - {
        "Statistical neighbours"
    }  # plain words
    files = [file for room in ("analytics", "pages") for file in (FILE.parents[2] / room).rglob("*.py")]
    written = {
        (file.name, node.value)
        for file in files
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and node.value in names
    }
    assert len(files) > 50
    assert written == set()


def test_every_step_has_words_in_the_order_of_the_file():
    for step in STEPS:
        found = terms_of(step)
        assert found
        assert list(found) == [term for term in TERMS if term in found]


def test_no_work_is_listed_that_no_term_names():
    named = {work for term in TERMS for work in term.reference}
    listed = re.findall(r'^\w+_\d{4} = "(.+)"$', FILE.read_text(encoding="utf-8"), re.MULTILINE)
    assert len(listed) > 40
    assert set(listed) == named


def test_a_step_that_no_page_has_is_named():
    with pytest.raises(UnknownName, match="Did you mean 'checks'"):
        terms_of("check")


GOOD = {
    "id": '"adopter"',
    "term": '"Adopter"',
    "steps": '["question"]',
    "about": '["pool:listed"]',
    "choice": '"Those I name"',
    "member": '"Took it up."',
    "researcher": '"g."',
    "reference": '["fisher"]',
}


def facts(folder: Path, *terms: dict[str, str]) -> Path:
    """A small fact file of terms, each key as TOML."""
    blocks = "".join("[[term]]\n" + "".join(f"{k} = {v}\n" for k, v in term.items()) for term in terms)
    file = folder / "terms.toml"
    file.write_text(f'notation = "t is a year."\n[references]\nfisher = "Fisher (1935), Design"\n{blocks}')
    return file


def test_a_good_file_is_read_whole(tmp_path):
    (term,) = read_glossary(facts(tmp_path, GOOD)).terms
    assert term == Term(
        "adopter",
        "Adopter",
        ("question",),
        "Took it up.",
        "g.",
        ("Fisher (1935), Design",),
        ("pool:listed",),
        "Those I name",
    )


@pytest.mark.parametrize(
    ("change", "told"),
    [
        pytest.param({"member": None}, r"adopter, member: is missing", id="a text is missing"),
        pytest.param({"member": '""'}, r"member: is empty", id="a text is empty"),
        pytest.param({"steps": "[]"}, r"steps: is empty", id="shown nowhere"),
        pytest.param({"steps": '["querstion"]'}, r"steps: 'querstion' is none of question", id="no such step"),
        pytest.param({"reference": '["fischer"]'}, r"reference: 'fischer' is not in \[references\]", id="no such work"),
        pytest.param({"about": '["listed"]'}, r"about: 'listed' should begin with one of", id="about no kind"),
        pytest.param({"choice": None}, r"adopter, choice: belongs to a term", id="a choice that is called nothing"),
        pytest.param({"about": "[]"}, r"adopter, choice: belongs to a term", id="a name for what is not chosen"),
        pytest.param({"about": '["pool:listed", "pool:region"]'}, r"choice: belongs to", id="one name for two choices"),
        pytest.param({"formula": '"x"'}, r"formula: no such key", id="a key that nothing reads"),
    ],
)
def test_a_bad_term_is_refused_with_file_and_key(tmp_path, change, told):
    term = {key: value for key, value in (GOOD | change).items() if value is not None}
    with pytest.raises(BadFacts, match=told) as refused:
        read_glossary(facts(tmp_path, term))
    assert "terms.toml" in str(refused.value)


def test_two_terms_of_one_name_are_refused(tmp_path):
    with pytest.raises(BadFacts, match="'Adopter' is there twice"):
        read_glossary(facts(tmp_path, GOOD, GOOD | {"id": '"other"'}))


def test_what_is_no_toml_is_refused(tmp_path):
    file = tmp_path / "terms.toml"
    file.write_text("[[term")
    with pytest.raises(BadFacts, match=r"terms\.toml is not TOML"):
        read_glossary(file)
