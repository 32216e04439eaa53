"""Facts of data/reference: strict reading, and every row of the facts handed to the project found in the warehouse."""

from __future__ import annotations

import csv
import re
import shutil

import duckdb
import pytest

from analytics.areas import REFERENCE, read_register
from analytics.catalogue import read_catalogue
from analytics.errors import BadFacts
from analytics.evidence import TABLES, read_evidence
from data.build import build
from tests.data.small_extracts import b1, line, text, written

FACTS = {  # file handed over -> table, and the columns that have another name in it
    "published_findings.csv": ("finding", {"model_id": "model"}),
    "investments.csv": ("investment", {"model_id": "model"}),
    "unit_costs.csv": ("unit_cost", {}),
    "implementation_measures.csv": ("implementation_measure", {"model_id": "model"}),
    "indicators_31.csv": ("study_outcome", {"no": "number", "indicator": "outcome"}),
}
TABLE = {each.table: each for each in TABLES}


@pytest.fixture(scope="module")
def facts(extracts):
    """The folder of facts beside the real extracts."""
    folder = extracts.parent / "facts"
    if not folder.is_dir():
        pytest.skip("there is no folder 'facts' beside the one that PRACTICE_EXTRACTS names")
    return folder


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory):
    """A warehouse of hardly any figures: its facts are all there."""
    place = tmp_path_factory.mktemp("facts")
    people = text("population", line("population", 2016, "Brent", 12_000))
    folder = written(place / "in", b1=text("b1", b1(2017, "Brent", 600)), population=people)
    with duckdb.connect(str(build([folder], place / "out").file), read_only=True) as connection:
        yield connection


def rows_of(file):
    """Rows of a file of facts, without pointers to where the documents lay."""
    with file.open(encoding="utf-8-sig", newline="") as handle:
        return [
            {key: re.sub(r"seeds/\d{3} ", "", value) for key, value in row.items()} for row in csv.DictReader(handle)
        ]


def as_stored(value):
    """A value as text, the way it stood in the file."""
    if value is None:
        return ""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


@pytest.mark.parametrize("name", FACTS)
def test_every_row_of_the_facts_is_in_the_warehouse(facts, warehouse, name):
    table, renamed = FACTS[name]
    given = rows_of(facts / name)
    stored = warehouse.execute(f'select * from "{table}" order by line').fetchall()
    columns = [column for column, *_ in warehouse.description]
    found = [{column: as_stored(value) for column, value in zip(columns, row, strict=True)} for row in stored]
    assert len(found) == len(given)
    for theirs, ours in zip(given, found, strict=True):
        for column, value in theirs.items():
            stored_as = renamed.get(column, column)
            number = re.fullmatch(r"-?\d+\.\d+", value) and stored_as in TABLE[table].numbers
            assert float(ours[stored_as]) == float(value) if number else ours[stored_as] == value


def test_every_adoption_of_the_facts_is_in_the_warehouse(facts, warehouse):
    sql = """select a.old_code, d.model, d.role, coalesce(d.start_low::varchar, ''), coalesce(d.start_high::varchar, ''),
                    d.precision, coalesce(d.programme, ''), d.can_treat, d.confidence
             from adoption d join area a using (area_code)"""
    stored = warehouse.execute(sql).fetchall()
    keys = ("la_code_old", "model_id", "role", "start_low", "start_high", "precision", "programme")
    given = [
        (*(row[key] for key in keys), row["can_treat"] == "yes", row["confidence"])
        for row in rows_of(facts / "adoptions.csv")
    ]
    # Read since the facts were gathered: Slough's hubs use Signs of Safety (data/practice_models/sos.toml names the page).
    added = [("871", "SOS", "alongside", "", "", "unknown", "local", False, "published")]
    assert sorted(stored) == sorted(given + added)


def test_every_model_of_the_facts_is_in_the_warehouse(facts, warehouse):
    stored = {
        row[0]: row[1:]
        for row in warehouse.execute("select model, name, family, confidence from practice_model").fetchall()
    }
    for row in rows_of(facts / "practice_models.csv"):
        assert stored[row["model_id"]] == (row["name"], row["family"], row["confidence"])


def test_every_authority_and_change_of_the_facts_is_in_the_warehouse(facts, warehouse):
    known = {code for (code,) in warehouse.execute("select old_code from area where kind = 'authority'").fetchall()}
    assert {row["old_code"] for row in rows_of(facts / "authorities.csv")} <= known
    pairs = set(warehouse.execute("select old_code, new_code from boundary_change").fetchall())
    for row in rows_of(facts / "boundary_changes.csv"):
        after = set(row["to_codes"].split("|"))
        for code in row["from_codes"].split("|"):
            assert {new for old, new in pairs if old == code} & after


def test_no_pointer_to_where_a_document_lay_is_left():
    assert [file.name for file in REFERENCE.glob("*.csv") if "seeds/" in file.read_text(encoding="utf-8")] == []


def test_a_range_has_two_ends_and_a_plain_number_is_both(warehouse):
    sql = "select unit_cost_gbp, unit_cost_gbp_low, unit_cost_gbp_high from unit_cost order by 1"
    rows = {row[0]: row[1:] for row in warehouse.execute(sql).fetchall()}
    assert rows["29000-33000"] == (29_000, 33_000)
    assert rows["646"] == (646, 646)
    assert rows[None] == (None, None)


def test_what_is_recalled_stays_marked(warehouse):
    sql = "select count(*) filter (confidence = 'recalled') from {}"
    assert [warehouse.execute(sql.format(t)).fetchone()[0] > 0 for t in ("unit_cost", "study_outcome")] == [True, True]


def test_outcomes_of_the_study_that_we_have_name_our_indicator(warehouse):
    sql = "select count(*), count(o.indicator), count(i.indicator) from study_outcome o left join indicator i using (indicator)"
    assert warehouse.execute(sql).fetchall() == [(31, 27, 27)]


@pytest.mark.parametrize(
    ("file", "old", "new", "says"),
    [
        pytest.param(
            "investments.csv", ",seed\n", ",sead\n", "'sead' is none of seed, published, recalled", id="confidence"
        ),
        pytest.param(
            "investments.csv", ",SOS,", ",SOSS,", "'SOSS' is no model known here. Did you mean 'SOS'?", id="model"
        ),
        pytest.param("investments.csv", ",cost,", ",costs,", "Did you mean 'cost'?", id="kind"),
        pytest.param("investments.csv", ",335000,", ",33k,", "'33k' is no plain number", id="number"),
        pytest.param(
            "investments.csv", "authority,model", "authority,modle", "no column 'modle' is known", id="heading"
        ),
        pytest.param("unit_costs.csv", ",p86 reference,", ",,", "source_locator: is empty", id="no locator"),
        pytest.param("implementation_measures.csv", "M002,", "M001,", "'M001' stands on line 2 too", id="key twice"),
        pytest.param("findings.csv", ",DiD,", ",DiD,,", "19 columns, but 20 fields", id="one field too many"),
        pytest.param("study_outcomes.csv", ",cin_rate", ",cin_rat", "Did you mean 'cin_rate'?", id="indicator"),
    ],
)
def test_a_mistake_is_named_with_file_line_and_column(tmp_path, file, old, new, says):
    shutil.copytree(REFERENCE, tmp_path / "reference")
    wrong = tmp_path / "reference" / file
    content = wrong.read_text(encoding="utf-8")
    assert old in content
    wrong.write_text(content.replace(old, new, 1), encoding="utf-8")
    catalogue = read_catalogue()
    with pytest.raises(BadFacts) as error:
        read_evidence(tmp_path, read_register(), [model.model for model in catalogue.models], catalogue.indicators)
    assert file in str(error.value)
    assert says in str(error.value)
