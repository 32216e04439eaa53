"""Published statistics downloaded from a page, with a publisher made up for the test."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

import data.build
import data.download
from analytics.catalogue import read_catalogue
from analytics.warehouse import current_file
from data.download import Download, Outcome, Step
from data.fetching.keeping import Kept
from data.fetching.ways import wanted_of
from data.fetching.web import CannotFetch
from pages.parts import fetch
from pages.parts.source_note import announced_words
from tests.pages.conftest import words_of

Open = Callable[..., AppTest]


@pytest.fixture
def place(illustrative: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A warehouse of its own to move on from, and a folder of extracts to download to."""
    shutil.copytree(illustrative, tmp_path / "here", ignore=shutil.ignore_patterns("extracts"))
    monkeypatch.setattr(fetch, "EXTRACTS", tmp_path / "extracts")
    return tmp_path / "here"


def opened(place: Path, open_page: Open, monkeypatch: pytest.MonkeyPatch, page: str) -> AppTest:
    app = open_page(page)
    monkeypatch.setenv("PRACTICE_DATABASE", str(place))
    return app.run()


def publisher(*, fetched: bool) -> Callable[..., Download]:
    """A download of the first two tables wanted, the second of which cannot be had."""
    source = read_catalogue().sources[0]
    first, second, *_ = wanted_of(source)

    def download(folder: Path, *, watch: Callable[[Step], None]) -> Download:
        watch(Step(1, 2, first.title, "api", 1_000_000, 3_000_000))
        kept = Kept(folder / "new.csv", is_new=True) if fetched else None
        return Download(
            folder,
            (
                Outcome(first, kept, "api", 2025),
                Outcome(second, None, told=("By api: the publisher did not answer.",), address=source.address),
            ),
        )

    return download


@pytest.mark.parametrize("page", ["start", "data"])
def test_a_download_ends_in_new_figures_and_says_what_failed_and_why(
    place: Path, open_page: Open, monkeypatch: pytest.MonkeyPatch, page: str
) -> None:
    built = []

    class Report:
        observations = 1234

    def build(places: list[Path], to: Path) -> Report:
        built.append((places, to))
        old = current_file(to)
        shutil.copyfile(old, to / "practice-7.duckdb")
        (to / "CURRENT").write_text("practice-7.duckdb", encoding="utf-8")
        return Report()

    monkeypatch.setattr(data.download, "download", publisher(fetched=True))
    monkeypatch.setattr(data.build, "build", build)
    app = opened(place, open_page, monkeypatch, page)
    app.button(key="download").click().run()
    assert not app.exception
    assert not app.error
    assert built == [([fetch.EXTRACTS], place)]
    said = app.success[0].value.replace("\\", "")
    assert said.startswith("Published statistics are loaded: 1,234 figures. 1 of 2 tables were fetched and are kept in")
    text = words_of(app).replace("\\", "")
    second = wanted_of(read_catalogue().sources[0])[1].title
    assert f"- Not fetched: [{second}](https://explore-education-statistics" in text
    assert "By hand: open its address" in text
    (details,) = [each for each in app.expander if each.label == "What each way to each table answered"]
    assert "the publisher did not answer" in details.markdown[0].value
    assert "to 2025, new, by api" in details.markdown[0].value
    app.switch_page("pages/data.py").run()
    assert "practice-7.duckdb" in words_of(app)


def test_nothing_fetched_leaves_everything_as_it_was(
    place: Path, open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = current_file(place)
    monkeypatch.setattr(data.download, "download", publisher(fetched=False))
    app = opened(place, open_page, monkeypatch, "data")
    app.button(key="download").click().run()
    assert not app.exception
    assert app.error[0].value.replace("\\", "") == (
        "None of the 2 tables could be fetched. Nothing was built. What was here before is unchanged."
    )
    assert "By hand: open" in words_of(app).replace("\\", "")
    assert current_file(place) == before


@pytest.mark.parametrize(
    ("error", "said"),
    [
        pytest.param(CannotFetch("Another download is running. Try again later."), "Another download", id="refused"),
        pytest.param(RuntimeError("a fault"), "by a fault of this program", id="a fault"),
    ],
)
def test_a_failure_is_a_sentence(
    place: Path, open_page: Open, monkeypatch: pytest.MonkeyPatch, error: Exception, said: str
) -> None:
    def download(folder: Path, **_: object) -> Download:
        raise error

    monkeypatch.setattr(data.download, "download", download)
    app = opened(place, open_page, monkeypatch, "data")
    app.button(key="download").click().run()
    assert not app.exception
    assert said in app.error[0].value.replace("\\", "")
    assert "What was here before is unchanged" in app.error[0].value


def test_nothing_is_offered_where_nothing_can_be_written(
    place: Path, open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "access", lambda *_: False)
    for page in ("start", "data"):
        assert not [b for b in open_page(page).button if b.key == "download"]


def test_progress_in_words() -> None:
    step = Step(3, 14, "Children in need", "api", 1_200_000, 3_400_000)
    assert fetch.step_words(step) == r"3 of 14 tables\: Children in need, 1\.2 of 3\.4 MB"


@pytest.mark.parametrize(
    ("day", "words"),
    [
        pytest.param("2026-10", "October 2026", id="month"),
        pytest.param("2026-10-29", "29 October 2026", id="day"),
        pytest.param("2026", "2026", id="year"),
        pytest.param("TBC", "TBC", id="words"),
    ],
)
def test_when_the_next_release_is_due_in_words(day: str, words: str) -> None:
    assert announced_words(day) == words
