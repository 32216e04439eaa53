"""What every test may ask for."""

from __future__ import annotations

import os
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def extracts() -> Path:
    """Folder of real published extracts, named by PRACTICE_EXTRACTS; without it the test is skipped and says so."""
    named = os.environ.get("PRACTICE_EXTRACTS")
    if not named:
        pytest.skip("PRACTICE_EXTRACTS is not set: it names the folder of real published extracts")
    folder = Path(named)
    if not folder.is_dir():
        pytest.skip(f"PRACTICE_EXTRACTS names {folder}, which is no folder")
    return folder
