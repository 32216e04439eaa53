"""Authority profile: the answer first, every theme, what is missing, and links that cannot be shown."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from html import unescape
from pathlib import Path

import duckdb
import pytest
from streamlit.testing.v1 import AppTest

from analytics.profile_row import Place
from analytics.warehouse import Warehouse, open_warehouse
from pages.parts.profile_words import place_words
from tests.pages.conftest import words_of

Open = Callable[..., AppTest]
THEMES = ["Referrals", "Children in need", "Child protection", "Children looked after", "Workforce"]


def current(folder: Path) -> Path:
    return folder / (folder / "CURRENT").read_text().strip()


@pytest.fixture
def changed(illustrative: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Warehouse]:
    """The illustrative warehouse with a statement run on a copy of it, which the app then reads."""

    def run(statement: str) -> Warehouse:
        file = tmp_path / "changed.duckdb"
        shutil.copyfile(current(illustrative), file)
        with duckdb.connect(str(file)) as warehouse:
            warehouse.execute(statement)
        monkeypatch.setenv("PRACTICE_DATABASE", str(file))
        return Warehouse(file)

    return run


def first_authority(folder: Path) -> tuple[str, str]:
    areas = open_warehouse(folder).ask("areas")
    row = areas[areas.kind == "authority"].sort_values("name").iloc[0]
    return row.area_code, row["name"]


def answer_of(app: AppTest) -> str:
    return next(h.value for h in app.html if 'class="answer"' in h.value)


def test_the_answer_comes_before_any_chart_and_counts_add_up(open_page: Open, illustrative: Path) -> None:
    app = open_page("profile")
    assert not app.exception and not app.warning
    _, name = first_authority(illustrative)
    said = answer_of(app)
    found = re.search(
        rf"Illustrative: Of (\d+) headline figures of {name} (\d+) can be judged beside the mean of statistical neighbours "
        r"\(2025\): (\d+|none) clearly higher, (\d+|none) clearly lower, (\d+|none) similar\.",
        said,
    )
    held, judged, *sides = (0 if n == "none" else int(n) for n in found.groups())
    assert sum(sides) == judged <= held
    assert "Largest of the recent trends" in words_of(app) or "lear trend" in words_of(app)


def test_each_theme_has_a_table_of_spines_with_words_and_files(open_page: Open) -> None:
    app = open_page("profile")
    assert [h.value for h in app.subheader][: len(THEMES)] == THEMES
    tables = [h.value for h in app.html if "<img" in h.value]
    assert len(tables) == len(THEMES)
    for table in tables:
        alts = [unescape(alt) for alt in re.findall(r'alt="([^"]*)"', table)]
        assert alts and all(alts)
        assert any("middle half" in alt for alt in alts)
        assert "Illustrative:" in table
        assert "no figure" not in table  # every invented authority, region and the country have one here
    labels = [d.proto.label for d in app.get("download_button")]
    assert labels.count("Download SVG") == len(THEMES) + 1
    assert "Download every figure of this page as CSV" in labels


def test_the_address_holds_authority_and_set_and_both_decide(open_page: Open, illustrative: Path) -> None:
    code, _ = first_authority(illustrative)
    app = open_page("profile", la=code, set="others")
    assert {k: app.query_params[k] for k in ("la", "set")} == {"la": code, "set": "others"}
    assert "beside the mean of All other authorities" in answer_of(app)


def test_an_own_set_of_the_address_is_used(open_page: Open, illustrative: Path) -> None:
    areas = open_warehouse(illustrative).ask("areas")
    codes = areas[areas.kind == "authority"].area_code.tolist()[3:6]
    app = open_page("profile", sets=".".join(["Coastal", *codes]), set="own:Coastal")
    assert not app.warning
    assert "the mean of Coastal" in answer_of(app)
    assert "A mean of 3 authorities swings with each of them." in " ".join(i.value for i in app.info).replace("\\", "")


def test_what_a_link_asks_for_and_is_not_there_is_said(open_page: Open) -> None:
    app = open_page("profile", la="Atlantis", set="near1066", sets="X.nobody")
    said = " ".join(w.value for w in app.warning)
    assert "Atlantis" in said and "near1066" in said and "nobody" in said
    assert not app.exception


def test_a_set_that_names_only_the_authority_itself_leaves_nothing_beside(open_page: Open, illustrative: Path) -> None:
    code, _ = first_authority(illustrative)
    app = open_page("profile", la=code, sets=f"Alone.{code}", set="own:Alone")
    assert not app.exception
    assert "Nothing can be set beside the" in answer_of(app)
    assert "names no other authority" in " ".join(i.value for i in app.info)


def test_every_figure_suppressed_still_makes_a_page_that_says_so(
    open_page: Open, illustrative: Path, changed: Callable[[str], Warehouse]
) -> None:
    code, name = first_authority(illustrative)
    changed(
        "update observation set value = null, numerator = null, denominator = null, status = 'suppressed' "
        f"where area_code = '{code}'"
    )
    app = open_page("profile", la=code)
    assert not app.exception
    assert f"No headline figure of {name} has an interval" in answer_of(app)
    text = words_of(app)
    assert "Without a figure for the year shown" in text.replace("\\", "")
    assert "c (suppressed to protect children&#x27;s identity)" in text
    assert "nan" not in re.sub(r"base64,[^\"]*", "", text).lower().replace("finance", "")


def test_an_authority_that_has_ended_is_shown_as_of_its_last_year(
    open_page: Open, illustrative: Path, changed: Callable[[str], Warehouse]
) -> None:
    code, name = first_authority(illustrative)
    changed(f"update area set to_year = 2019 where area_code = '{code}'")
    app = open_page("profile", la=code)
    assert not app.exception
    assert f"{name} has ended: no figures after 2019 are its own." in answer_of(app)
    assert "31 March 2019" in words_of(app)


def test_an_authority_that_began_says_when_and_earlier_years_are_explained(
    open_page: Open, illustrative: Path, changed: Callable[[str], Warehouse]
) -> None:
    code, name = first_authority(illustrative)
    changed(
        f"delete from observation where area_code = '{code}' and year < 2024; "
        f"update area set from_year = 2024 where area_code = '{code}'"
    )
    app = open_page("profile", la=code)
    assert not app.exception
    assert f"{name} was created in 2023" in answer_of(app)
    text = words_of(app)
    assert "before the authority existed" in text
    assert "2013 to 2023" in text


def test_without_inspections_or_models_the_history_is_a_sentence(
    open_page: Open, illustrative: Path, changed: Callable[[str], Warehouse]
) -> None:
    code, name = first_authority(illustrative)
    changed(f"delete from inspection where area_code = '{code}'; delete from adoption where area_code = '{code}'")
    app = open_page("profile", la=code)
    assert not app.exception
    assert not app.get("vega_lite_chart")
    assert f"No judgement of {name} by Ofsted is held" in words_of(app)


def test_without_any_neighbours_the_region_stands_beside(
    open_page: Open, without_neighbours: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PRACTICE_DATABASE", str(without_neighbours))
    app = open_page("profile")
    assert app.selectbox(key="set").value == "region"
    assert not app.exception


def test_a_figure_of_no_polarity_is_never_called_better_or_worse(open_page: Open) -> None:
    tables = [h.value for h in open_page("profile").html if "<img" in h.value]
    need = next(t for t in tables if "Children in need at 31 March" in t)  # no indicator of that theme has a better
    assert "better" not in need and "worse" not in need and "band" not in need
    assert "highest of" in need


def test_what_is_not_held_of_the_place_is_said_with_where_to_get_it(open_page: Open) -> None:
    text = words_of(open_page("profile")).replace("\\", "")
    assert "Deprivation is not held here." in text and "GOV.UK" in text
    assert "Not held in these figures:" in text


@pytest.mark.parametrize(
    ("place", "words"),
    [
        (Place(9, 5, 19, 153, 0, "A", "best"), "9 of 153, plausibly 5 to 19; band A"),
        (Place(12, 8, 20, 151, 2, "", "highest"), "12th highest of 151, plausibly 8th to 20th (2 withheld)"),
        (Place(1, 1, 1, 152, 0, "", "highest"), "1st highest of 152, plausibly 1st"),
        (Place(131, None, None, 152, 0, "D", "best"), "131 of 152; band D"),
        (None, ""),
    ],
)
def test_a_place_in_words(place: Place | None, words: str) -> None:
    assert place_words(place) == words
