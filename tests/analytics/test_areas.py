import pytest

from analytics.areas import JOINT_RETURN, Identity, read_register
from analytics.errors import BadFacts


@pytest.fixture(scope="module")
def register():
    return read_register()


def authority(old_code="", code="", name=""):
    return Identity("Local authority", "E92000001", "", old_code, code, name)


@pytest.mark.parametrize(
    ("row", "area_code"),
    [
        pytest.param(authority("304", "E09000005", "Brent"), "E09000005", id="as published"),
        pytest.param(authority("815", "E10000023"), "E06000065", id="North Yorkshire under its former code"),
        pytest.param(authority("370", "E08000016"), "E08000038", id="Barnsley under its former code"),
        pytest.param(authority("370", "E08000038"), "E08000038", id="Barnsley under its new code"),
        pytest.param(authority("835", "E10000009"), "E10000009", id="Dorset before 2019 stays apart"),
        pytest.param(Identity("National", "E92000001"), "E92000001", id="England"),
        pytest.param(Identity("Regional", "E92000001", "E13000001"), "E13000001", id="Inner London"),
        pytest.param(Identity("local AUTHORITY", code="E09000005"), "E09000005", id="level in another case"),
    ],
)
def test_area_of_a_row(register, row, area_code):
    assert register.find(row).area_code == area_code


def test_unknown_code_falls_back_on_the_three_digit_code_and_says_so(register):
    found = register.find(authority("304", "E99999999"))
    assert found.area_code == "E09000005"
    assert found.note == "Code 'E99999999' is not in the register: read as Brent from its three-digit code 304."


@pytest.mark.parametrize(
    ("row", "says"),
    [
        pytest.param(authority("940 / 941", "E06000061 / E06000062"), JOINT_RETURN, id="joint return"),
        pytest.param(authority("999", "E99999999", "Brent"), "Brent is E09000005", id="name known"),
        pytest.param(authority("999", "E99999999", "Brentt"), "Did you mean 'Brent'?", id="name misspelt"),
        pytest.param(
            authority("", "E09O00005"), "authority code 'E09O00005' is not in the register", id="code misspelt"
        ),
        pytest.param(
            authority("319", "E09000005"), "E09000005 is Brent but three-digit code 319 is Sutton", id="codes disagree"
        ),
        pytest.param(authority("", "E12000007", "London"), "not in the register", id="a region is no authority"),
        pytest.param(Identity("Regional", "E92000001", "E12000099"), "no code of a region", id="unknown region"),
        pytest.param(Identity("National", "K02000001"), "no code of a country", id="United Kingdom"),
        pytest.param(
            Identity("Local autority", code="E09000005"), "Did you mean 'Local authority'?", id="level misspelt"
        ),
    ],
)
def test_why_a_row_has_no_area(register, row, says):
    found = register.find(row)
    assert found.area_code is None
    assert says in found.problem


@pytest.mark.parametrize("row", [Identity("School", code="E09000005"), Identity("")])
def test_rows_passed_over_are_no_mistakes(register, row):
    found = register.find(row)
    assert (found.area_code, found.problem) == (None, None)
    assert found.passed_over


@pytest.mark.parametrize(
    ("code", "year", "existed"),
    [
        pytest.param("E10000009", 2019, True, id="Dorset, last year"),
        pytest.param("E10000009", 2020, False, id="Dorset, reorganised"),
        pytest.param("E06000059", 2020, True, id="Dorset (new), first year"),
        pytest.param("E06000059", 2019, False, id="Dorset (new), before"),
        pytest.param("E06000065", 2013, True, id="North Yorkshire was only recoded"),
        pytest.param("E09000005", 2000, True, id="Brent, always"),
    ],
)
def test_years_in_which_an_authority_existed(register, code, year, existed):
    assert register.by_code[code].existed(year) is existed


def test_recodes_split_and_merge_pairs(register):
    kinds = {(change.old_code, change.new_code): (change.kind, change.year) for change in register.changes}
    assert kinds["E10000002", "E06000060"] == ("recode", 2021)
    assert kinds["E10000021", "E06000062"] == ("split", 2022)
    assert kinds["E06000028", "E06000058"] == ("merge", 2020)
    assert ("E06000028", "E06000059") not in kinds, "nothing of Bournemouth went to Dorset"


def test_every_code_of_a_change_is_in_the_register(register):
    assert {code for change in register.changes for code in (change.old_code, change.new_code)} <= set(register.by_code)


def test_london_boroughs_are_in_london(register):
    assert register.by_code["E09000005"].region_code == "E12000007"


def test_real_authorities_are_not_found_in_the_teaching_set(register):
    assert register.invented().find(authority("304", "E09000005")).area_code is None


def test_a_register_with_a_broken_line_names_it(tmp_path):
    file = tmp_path / "more.csv"
    file.write_text("area_code,old_code,name\nX06000001,X01\n", encoding="utf-8")
    with pytest.raises(BadFacts, match=r"more\.csv, line 2"):
        read_register(file)
