"""The app as a whole: its pages, its banner, its first start, its errors."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tests.pages.conftest import APP, FILES, words_of

ROOT = APP.parent
PAGES = sorted((ROOT / "pages").glob("*.py"))
Open = Callable[..., AppTest]


@pytest.mark.parametrize("page", ["start", *FILES])
def test_every_page_runs_and_says_that_figures_are_invented(open_page: Open, page: str) -> None:
    app = open_page(page)
    assert not app.exception
    assert not app.error
    assert "Illustrative: invented authorities and figures." in words_of(app)
    assert len(app.title) == 1


@pytest.mark.parametrize("page", list(FILES))
def test_the_answer_is_marked_and_so_is_every_chart(open_page: Open, page: str) -> None:
    app = open_page(page)
    answers = [h.value for h in app.html if 'class="answer"' in h.value]
    assert answers
    assert all(re.search(r'class="answer">Illustrative', a) for a in answers)
    for chart in app.get("vega_lite_chart"):
        assert '"Illustrative"' in chart.proto.spec


@pytest.mark.parametrize("page", list(FILES))
def test_charts_have_words_for_those_who_cannot_see_them(open_page: Open, page: str) -> None:
    for chart in open_page(page).get("vega_lite_chart"):
        assert len(chart.proto.alt) > 40


def test_a_page_file_is_named_as_its_address() -> None:
    # Streamlit takes pages/*.py for pages until app.py has run once: a deep link then finds its page by file name.
    source = (ROOT / "app.py").read_text(encoding="utf-8")
    addresses = dict(re.findall(r'st\.Page\("pages/(\w+)\.py".*?url_path="(\w+)"', source))
    assert {file: file for file in addresses} == addresses
    assert {f.stem for f in PAGES} == {*addresses, "start"}


def test_pages_do_no_arithmetic() -> None:
    for file in [*PAGES, *(ROOT / "pages" / "parts").glob("*.py")]:
        tree = ast.parse(file.read_text(encoding="utf-8"))
        sums = [
            n for n in ast.walk(tree) if isinstance(n, ast.BinOp) and isinstance(n.op, ast.Mult | ast.Div | ast.Pow)
        ]
        called = {n.func.attr for n in ast.walk(tree) if isinstance(n, ast.Call) and isinstance(n.func, ast.Attribute)}
        assert not sums, f"{file.name}, line {sums[0].lineno}"
        assert not called & {"mean", "sum", "std", "quantile", "median"}, file.name


def test_only_pages_and_app_import_streamlit() -> None:
    users = [
        f for f in (ROOT / "analytics").rglob("*.py") if re.search(r"^\s*(import|from) streamlit", f.read_text(), re.M)
    ]
    assert users == []


def test_no_page_asks_for_anything_from_outside() -> None:
    for file in [APP, *PAGES, *(ROOT / "pages" / "parts").glob("*.py"), ROOT / "static" / "look.css"]:
        text = file.read_text(encoding="utf-8")
        assert "http://" not in text and "https://" not in text, file.name
        assert ":material/" not in text, file.name


def test_first_start_builds_the_illustrative_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PRACTICE_DATABASE", str(tmp_path / "new"))
    app = AppTest.from_file(str(APP), default_timeout=120).run()
    assert not app.exception
    assert (tmp_path / "new" / "CURRENT").is_file()
    assert "Illustrative: invented authorities and figures." in words_of(app)


def test_a_first_start_that_fails_says_why_in_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "not-a-warehouse.duckdb"
    file.write_text("not a warehouse", encoding="utf-8")
    monkeypatch.setenv("PRACTICE_DATABASE", str(file))
    app = AppTest.from_file(str(APP), default_timeout=60).run()
    assert not app.exception
    assert len(app.error) == 1
    assert "python -m data build" in app.error[0].value.replace("\\", "")


def test_open_sessions_move_to_a_new_build(illustrative: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old, new = (illustrative / (illustrative / "CURRENT").read_text().strip()), tmp_path / "practice-2.duckdb"
    (tmp_path / "practice-1.duckdb").write_bytes(old.read_bytes())
    (tmp_path / "CURRENT").write_text("practice-1.duckdb", encoding="utf-8")
    monkeypatch.setenv("PRACTICE_DATABASE", str(tmp_path))
    app = AppTest.from_file(str(APP), default_timeout=60).run()
    app.switch_page("pages/data.py").run()
    assert "practice-1.duckdb" in words_of(app)
    new.write_bytes(old.read_bytes())
    (tmp_path / "CURRENT").write_text("practice-2.duckdb", encoding="utf-8")
    app.run()
    assert not app.exception
    assert "practice-2.duckdb" in words_of(app)


def test_specifications_hold_no_figures() -> None:
    from analytics.charts.trend import trend_spec

    spec = trend_spec(period="Year", above=1, illustrative=False)
    assert "data" not in spec and "datasets" not in spec
    assert json.loads(json.dumps(spec)) == spec
