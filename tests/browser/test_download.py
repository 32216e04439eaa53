"""The download button in a real browser: from illustrative to published figures, and a publisher that cannot be reached."""

from __future__ import annotations

import re
import shutil
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from analytics.catalogue import read_catalogue
from tests.browser.conftest import ROOT, SECONDS, Visit, running_app
from tests.data.publisher import Answer, Publisher, publication, serve, table

pytestmark = pytest.mark.browser
Open = Callable[..., Visit]
NOT_COPIED = (".*", "tests", "docs", "extracts", "*.duckdb", "CURRENT", "__pycache__")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of the app, so that what it downloads is kept there."""
    copy = tmp_path / "project"
    shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(*NOT_COPIED))
    shutil.copytree(ROOT / ".streamlit", copy / ".streamlit")
    return copy


@pytest.fixture
def place(illustrative: Path, tmp_path: Path) -> Path:
    """A warehouse of its own to move on from."""
    shutil.copytree(illustrative, tmp_path / "here", ignore=shutil.ignore_patterns("extracts"))
    return tmp_path / "here"


@pytest.fixture
def publisher() -> Iterator[Publisher]:
    """A publisher with every table of explore education statistics, and nothing else."""
    publisher, catalogue = Publisher(), read_catalogue()
    server = serve(publisher)
    for source in filter(lambda each: each.slug, catalogue.sources):
        publisher.on(f"/api/publications/{source.slug}", publication(source.slug))
        for layout in source.files:
            publisher.has_fixed_file(layout, Answer(of_several_areas(layout.key), "text/plain"))
    yield publisher
    server.shutdown()
    server.server_close()


def of_several_areas(key: str) -> bytes:
    """A published table with the same figures for England and three authorities."""
    tables = [table(read_catalogue(), key, area=area) for area in ("England", "Brent", "Ealing", "Dorset")]
    heading = tables[0].splitlines(keepends=True)[0]
    return heading + b"".join(each.removeprefix(heading) for each in tables)


def what_is_wrong(tab: Visit) -> list[str]:
    """Barriers, and a page wider than its window."""
    return [*tab.barriers(), *(["too wide"] if tab.overflow() > 0 else [])]


@pytest.mark.parametrize("width", [1280, 390])
def test_the_button_leads_from_illustrative_to_published_figures(
    visit: Open, project: Path, place: Path, publisher: Publisher, tmp_path: Path, width: int
) -> None:
    with running_app(place, tmp_path / "log.txt", project=project, PRACTICE_BASE_URL=publisher.address) as address:
        tab = visit(width, at=address)
        tab.go("/")
        assert tab.page.get_by_text("Illustrative: invented authorities and figures.").count() > 0
        tab.page.get_by_role("button", name="Download published statistics").click()
        tab.page.get_by_text("Published statistics are loaded").wait_for(timeout=SECONDS * 1000)
        tab.settle()
        assert tab.page.get_by_text("Illustrative: invented authorities and figures.").count() == 0
        assert tab.page.get_by_text("8 of 15 tables were fetched and are kept in data/extracts").count() == 1
        missing = tab.page.locator("li").filter(has_text="Not fetched: ").locator("visible=true").locator("a")
        assert [link.get_attribute("href").split("/")[2] for link in missing.all()] == ["www.gov.uk"] * 7
        assert tab.page.get_by_text("cannot be shown with these figures").count() == 0
        assert tab.page.get_by_text("Figures to 31 March 2025").count() == 1
        assert what_is_wrong(tab) == []
        tab.follow("Data")
        due = tab.page.get_by_role("table", name="When new figures are due")
        assert re.search(r"Children in need\s+2025\s+autumn 2025\s+October 2026", due.inner_text())
        assert what_is_wrong(tab) == []
    assert tab.errors == []
    assert tab.outside == []
    assert len(list((project / "data" / "extracts").rglob("*.csv"))) == 8


@pytest.mark.parametrize("width", [1280, 390])
def test_a_publisher_that_cannot_be_reached_is_told_in_a_plain_sentence(
    visit: Open, project: Path, place: Path, tmp_path: Path, width: int
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        nobody = f"http://127.0.0.1:{taken.getsockname()[1]}"
    with running_app(place, tmp_path / "log.txt", project=project, PRACTICE_BASE_URL=nobody) as address:
        tab = visit(width, at=address)
        tab.go("/")
        tab.page.get_by_role("button", name="Download published statistics").click()
        tab.page.get_by_text("No publisher could be reached: is this machine online?").wait_for(timeout=SECONDS * 1000)
        tab.settle()
        shown = tab.page.locator('[data-testid="stMain"]').inner_text()
        assert shown.count("Not fetched: ") == 15
        assert not re.search(r"Errno|127\.0\.0\.1|Traceback", shown)
        assert str(project) not in shown
        assert "data/extracts" in shown
        assert tab.page.get_by_text("Illustrative: invented authorities and figures.").count() > 0
        assert what_is_wrong(tab) == []
    assert tab.errors == []
