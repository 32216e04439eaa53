"""Rooms: each library is imported only where its kind of work is done."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[1]
ROOMS = {
    "streamlit": ("app.py", "pages/"),
    "altair": ("analytics/charts/",),
    # analytics/runs.py: what was run must outlive a rebuild and be written by many processes, so it has a file of its own
    # beside the warehouse, which is only read.
    "duckdb": ("analytics/warehouse.py", "analytics/runs.py", "analytics/kpi/", "data/"),
}


def imported(file: Path) -> Iterator[str]:
    """First part of each module's name that a file imports."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name.split(".")[0] for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module.split(".")[0]


def sources() -> list[Path]:
    """Every file of the program, its tests left out."""
    return [PROJECT / "app.py", *(f for room in ("analytics", "data", "pages") for f in (PROJECT / room).rglob("*.py"))]


@pytest.mark.parametrize("library", ROOMS)
def test_a_library_stays_in_its_rooms(library):
    users = {str(f.relative_to(PROJECT)).replace("\\", "/") for f in sources() if library in imported(f)}
    assert users, "else this would prove nothing"
    assert not {user for user in users if not user.startswith(ROOMS[library])}


def test_analytics_and_data_never_import_pages():
    above = [f for f in sources() if "pages" in imported(f) and f.name != "app.py" and "pages" not in f.parts]
    assert above == []
