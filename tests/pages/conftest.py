"""The app on a warehouse of illustrative figures, built once a session."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest
from streamlit.testing.v1 import AppTest

from data.ensure import ensure
from pages.parts.address import READ

APP = Path(__file__).parents[2] / "app.py"
PAGES = ("trends", "profile", "neighbours", "authorities", "impact", "many", "planner", "data")
FILES = {page: f"pages/{page}.py" for page in PAGES}


@pytest.fixture(scope="session")
def illustrative(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of an illustrative warehouse."""
    folder = tmp_path_factory.mktemp("illustrative")
    ensure(folder)
    return folder


@pytest.fixture(scope="session")
def without_neighbours(illustrative: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same warehouse without any list of statistical neighbours."""
    file = tmp_path_factory.mktemp("far") / "far.duckdb"
    shutil.copyfile(illustrative / (illustrative / "CURRENT").read_text().strip(), file)
    with duckdb.connect(str(file)) as warehouse:
        warehouse.execute("delete from neighbour")
    return file


@pytest.fixture
def open_page(illustrative: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., AppTest]:
    """A page of the app, opened at an address with these choices."""
    monkeypatch.setenv("PRACTICE_DATABASE", str(illustrative))

    def opened(page: str = "start", **choices: str) -> AppTest:
        app = AppTest.from_file(str(APP), default_timeout=60).run()
        for key in list(app.query_params):
            del app.query_params[key]
        del app.session_state[READ]  # as in a new session, which a browser starts at the page's own address
        for key, text in choices.items():
            app.query_params[key] = text
        if page in FILES:
            app.switch_page(FILES[page])
        return app.run()

    return opened


def words_of(app: AppTest) -> str:
    """Every sentence on a page: Markdown, captions, headings and our own HTML."""
    kinds = (app.title, app.header, app.subheader, app.markdown, app.caption, app.html, app.warning, app.error)
    told = [str(element.value) for kind in kinds for element in kind]
    return "\n".join(words for words in told if not words.startswith("<style")).replace("<wbr>", "")
