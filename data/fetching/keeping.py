"""A fetched file: which table it is, whether it is whole, and where it is kept."""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
import unicodedata
from collections.abc import Container
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import tomli_w

from analytics.catalogue import Catalogue, FileLayout
from analytics.errors import BadExtract
from analytics.periods import UnreadablePeriod, period
from data import files
from data.fetching.ways import Offer
from data.fetching.web import CannotFetch, CannotUnpack, Fetched, NotWanted, unpacked
from data.layouts.ees import wanted_key
from data.layouts.sheet import Sheet
from data.layouts.text import MOST_BYTES
from data.origin import read_sidecar, sidecar
from data.reading import files_in, read_extracts, read_table

TIDY = ("_level", "_filters", "_label")  # columns by which a table of figures is examined
PLACES_SHOWN = 4
SLUG_LENGTH, CHECKSUM_LENGTH = 60, 12


@dataclass(frozen=True)
class Examined:
    """A whole file that is one of the tables wanted."""

    layout: FileLayout
    content: bytes
    suffix: str
    newest_year: int | None  # None where the layout has no years of its own

    @property
    def sha256(self) -> str:
        """Checksum of the unpacked content."""
        return hashlib.sha256(self.content).hexdigest()


def refuse_heading(content: bytes, title: str, catalogue: Catalogue, wanted: Container[str]) -> None:
    """Raises NotWanted where the beginning of a file shows that it is none of the tables wanted."""
    if suffix_of(content) != ".csv" or content.count(b"\n") < 2:  # told when the file is whole
        return
    try:
        _, table = read_table(f"'{title}'", content, catalogue)
    except BadExtract as error:
        raise NotWanted(str(error)) from error
    _refuse_another(table.layout, title, wanted)


def examined(part: Path, offer: Offer, fetched: Fetched, catalogue: Catalogue, wanted: Container[str]) -> Examined:
    """The table that a fetched file is, whole and with figures of authorities.

    Raises
    ------
    CannotFetch : damaged, cut off or too large
    NotWanted : another table, or one without the rows that are read
    """
    content = _whole_content(part, fetched)
    suffix = suffix_of(content)
    file = part.with_name(f"whole{suffix}")
    file.write_bytes(content)
    (extract,) = read_extracts([file], catalogue)
    if extract.problem or extract.table is None:
        raise NotWanted(extract.problem.replace(extract.name, f"'{offer.title}'"))
    layout = extract.table.layout
    _refuse_another(layout, offer.title, wanted)
    if extract.sheet is not None and suffix == ".csv":
        _refuse_cut_off(extract.sheet, content, fetched)
    if extract.arrow is None or not set(TIDY) <= set(extract.arrow.column_names):
        return Examined(layout, content, suffix, None)
    levels, found, labels = (set(extract.arrow[column].unique().to_pylist()) for column in TIDY)
    if "local authority" not in {str(level).lower() for level in levels}:
        raise NotWanted(f"'{offer.title}' has the columns of '{layout.title}' but no row of a local authority.")
    _refuse_other_rows(found, offer, layout, catalogue)
    return Examined(layout, content, suffix, _newest_year(labels, offer, layout, catalogue))


def suffix_of(content: bytes) -> str:
    """The end of the name that a content should have, told by its first bytes."""
    if content.startswith(b"PK\x03\x04"):
        return ".ods" if b"opendocument" in content[:200] else ".xlsx"
    return ".parquet" if content.startswith(b"PAR1") else ".csv"


def _refuse_another(layout: FileLayout, title: str, wanted: Container[str]) -> None:
    if layout.key not in wanted:
        raise NotWanted(f"'{title}' is the table '{layout.title}', which is not looked for here.")


def _whole_content(part: Path, fetched: Fetched) -> bytes:
    try:
        return b"".join(unpacked(part.read_bytes(), MOST_BYTES))
    except CannotUnpack as error:
        raise CannotFetch(f"{fetched.address} cannot be used: {error}.") from error


def _refuse_cut_off(sheet: Sheet, content: bytes, fetched: Fetched) -> None:
    """Refuses a table that ends within a row, or whose end nothing vouches for."""
    if content.endswith((b"\n", b"\r")):
        return
    last_is_uneven = bool(sheet.uneven) and (not sheet.lines or sheet.uneven[-1].line > sheet.lines[-1])
    if last_is_uneven or not fetched.whole:
        line = sheet.uneven[-1].line if last_is_uneven else sheet.lines[-1]
        raise CannotFetch(f"{fetched.address} is cut off in line {line}, its last. Try again later.")


def _refuse_other_rows(found: set[str], offer: Offer, layout: FileLayout, catalogue: Catalogue) -> None:
    """Refuses a table of which no indicator finds its rows."""
    read = {
        wanted_key(each.where)
        for each in catalogue.indicators.values()
        if (each.source, each.file) == (layout.source, layout.file)
    }
    if layout.filters and read and not read & found:
        shown = "; ".join(sorted(found)[:PLACES_SHOWN])
        raise NotWanted(
            f"'{offer.title}' has the columns of '{layout.title}' but none of the rows that are read. It has: {shown}. If "
            f"the publisher renamed a value, add its new name to `where` in data/sources/{layout.source}/source.toml."
        )


def _newest_year(labels: set[str], offer: Offer, layout: FileLayout, catalogue: Catalogue) -> int:
    years = []
    for label in labels:
        try:
            years.append(period(label, catalogue.source(layout.source).period_end).year)
        except UnreadablePeriod:
            continue  # the build rejects its cells, with the reason
    if not years:
        raise NotWanted(f"'{offer.title}' has no year that can be read in time_period.")
    return max(years)


@dataclass(frozen=True)
class Kept:
    """Where a table is kept, and whether it is new there."""

    file: Path
    is_new: bool
    held_year: int | None = None  # newest year of another file of the same table that was here before


def keep(found: Examined, offer: Offer, fetched: Fetched, folder: Path, workplace: Path, today: datetime) -> Kept:
    """Puts a table into the folder of its source, beside what is there; the same content is not kept twice.

    Parameters
    ----------
    folder : of all extracts
    workplace : on the same disk, for what is not finished
    today : time of retrieval, UTC
    """
    sha256 = found.sha256
    facts = _facts(found, offer, fetched, sha256) | {"retrieved": today}
    same = _same_content(folder, len(found.content), sha256)
    if same is not None:
        _refresh(same, facts, workplace)
        return Kept(same, is_new=False)
    home = folder / found.layout.source
    home.mkdir(parents=True, exist_ok=True)
    file = _free_name(home, f"{slug(offer.title)}_{sha256[:CHECKSUM_LENGTH]}", found.suffix)
    held = max(_held_years(home, found.layout), default=None)
    _write(sidecar(file), tomli_w.dumps(facts).encode(), workplace)
    try:
        _write(file, found.content, workplace)
    except BaseException:  # stopped, or no room: nothing is left of what is not here
        sidecar(file).unlink(missing_ok=True)
        raise
    return Kept(file, is_new=True, held_year=held)


def slug(title: str) -> str:
    """A title as a name of a file: letters, digits and hyphens."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:SLUG_LENGTH].rstrip("-") or "table"


def _facts(found: Examined, offer: Offer, fetched: Fetched, sha256: str) -> dict[str, Any]:
    facts = {
        "title": offer.title,
        "table": found.layout.key,
        "sha256": sha256,
        "bytes": len(found.content),
        "newest_year": found.newest_year,
        "way": offer.way,
        "address": fetched.address,
        "data_set": offer.data_set,
        "release": offer.release,
        "released": offer.released,
        "next_release": offer.next_release,
        "etag": fetched.etag,
        "last_modified": fetched.last_modified,
    }
    return {key: value for key, value in facts.items() if value not in ("", None)}


def _same_content(folder: Path, size: int, sha256: str) -> Path | None:
    for file in files_in([folder]):
        if file.stat().st_size == size and hashlib.sha256(file.read_bytes()).hexdigest() == sha256:
            return file
    return None


def _refresh(file: Path, facts: dict[str, Any], workplace: Path) -> None:
    """Notes beside a file that is here already when it was last seen, and when the next is due."""
    known = read_sidecar(file)
    if not known and sidecar(file).exists():
        return  # someone's own TOML, not ours to replace
    changed = {key: facts[key] for key in ("next_release",) if key in facts}
    _write(
        sidecar(file), tomli_w.dumps({**facts, **known, **changed, "checked": facts["retrieved"]}).encode(), workplace
    )


def _held_years(home: Path, layout: FileLayout) -> list[int]:
    held = (read_sidecar(file) for file in home.glob("*.csv"))
    return [each["newest_year"] for each in held if each.get("table") == layout.key and "newest_year" in each]


def _free_name(home: Path, stem: str, suffix: str) -> Path:
    """A name that no file has: another content under the same checksum was changed by hand, and stays."""
    name, number = f"{stem}{suffix}", 2
    while (home / name).exists():
        name, number = f"{stem}-{number}{suffix}", number + 1
    return home / name


def _write(file: Path, content: bytes, workplace: Path) -> None:
    """Writes a file under another name and moves it when it is whole."""
    handle, unfinished = tempfile.mkstemp(dir=workplace)
    with os.fdopen(handle, "wb") as opened:
        opened.write(content)
    files.replace_file(Path(unfinished), file)
