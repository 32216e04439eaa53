"""Warehouses that tests of this folder share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from data.build import BuildReport, build
from tests.data.small_extracts import b1, line, text, written


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A folder with children in need of Brent in 2016 and 2017, and the populations that serve them."""
    return written(
        tmp_path / "small",
        b1=text("b1", b1(2016, "Brent", 500), b1(2017, "Brent", 600)),
        population=text(
            "population", line("population", 2015, "Brent", 10_000), line("population", 2016, "Brent", 12_000)
        ),
    )


@pytest.fixture(scope="session")
def published(extracts: Path, tmp_path_factory: pytest.TempPathFactory) -> BuildReport:
    """The real extracts, built once for all tests."""
    return build([extracts / "ees"], tmp_path_factory.mktemp("published"))


@pytest.fixture(scope="session")
def real(published: BuildReport) -> Iterator[duckdb.DuckDBPyConnection]:
    """The warehouse of the real extracts, read only."""
    with duckdb.connect(str(published.file), read_only=True) as connection:
        yield connection
