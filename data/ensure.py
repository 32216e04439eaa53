"""The warehouse that the app opens on its first start, made if there is none."""

from __future__ import annotations

from pathlib import Path

from analytics.errors import NoWarehouse
from analytics.warehouse import current_file, kind_of, open_warehouse
from data import files
from data.build import build
from data.illustrative import write
from data.reading import ILLUSTRATIVE, files_in

EXTRACTS = Path(__file__).parent / "extracts"
FIRST_START = "first-start-lock.tmp"


def ensure(place: Path) -> Path:
    """The warehouse file that serves; where there is none it is built, from published extracts or else invented ones.

    Parameters
    ----------
    place : the folder of the warehouse, or a file ending in .duckdb

    Raises
    ------
    NoWarehouse : a file that was named is there but cannot be read, or the folder's own is of another version or damaged,
        is not known to be invented, and nothing is there to build it from again; it is not touched
    NothingUsable : published files are there and none can be used, with reasons
    CannotWrite : nothing can be written there
    """
    if place.is_file() or _serves(place):
        open_warehouse(place).close()
        return current_file(place)
    folder = place.parent if place.suffix == ".duckdb" else place
    with files.sentences_for_disk_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)
        with files.locked(folder, FIRST_START):
            return current_file(place) if _serves(place) else _first_build(place, folder)


def _serves(place: Path) -> bool:
    """Whether there is a warehouse of this version to read."""
    try:
        open_warehouse(place).close()
    except NoWarehouse:
        return False
    return True


def _refuse_to_replace(place: Path) -> None:
    """Published figures are never replaced by invented ones, only because a newer version cannot read them."""
    try:
        there = current_file(place)
    except NoWarehouse:
        return
    if kind_of(there) != ILLUSTRATIVE:
        open_warehouse(place).close()


def _first_build(place: Path, folder: Path) -> Path:
    """Builds what there is to build from, in `extracts` beside the warehouse or in the project's own folder."""
    for extracts in (folder / "extracts", EXTRACTS):
        if extracts.is_dir() and files_in([extracts]):
            return build([extracts], place).file
    _refuse_to_replace(place)
    invented = folder / "extracts" / ILLUSTRATIVE
    write(invented)
    return build([invented], place, illustrative=True).file
