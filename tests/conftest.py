"""What tests share."""

from __future__ import annotations

import os
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def extracts() -> Path:
    """Folder of real published files, named by PRACTICE_EXTRACTS; without it the test is skipped, saying so."""
    named = os.environ.get("PRACTICE_EXTRACTS")
    if not named:
        pytest.skip("PRACTICE_EXTRACTS is not set: it names the folder of real published files")
    folder = Path(named)
    if not (folder / "ees").is_dir():
        pytest.skip(f"PRACTICE_EXTRACTS names {folder}, which has no folder 'ees'")
    return folder
