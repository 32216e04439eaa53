"""Background figures that an own neighbour model may weigh, and what is not offered: read from data/reference/background.toml."""

from __future__ import annotations

import functools
import tomllib
from dataclasses import dataclass
from pathlib import Path

from analytics.catalogue import DATA, Facts
from analytics.errors import BadFacts
from analytics.spec import MOST_WEIGHT

FILE = DATA / "reference" / "background.toml"
MEASURES = ("level", "log", "change")
KEYS = ("key", "indicator", "label", "measure", "usual", "why")


@dataclass(frozen=True)
class Background:
    """One background figure.

    Attributes
    ----------
    key : short name in a link and in a specification
    indicator : of the warehouse
    measure : 'level', 'log' (of the level) or 'change' (percent over ten years)
    usual : weight, 0 to 5, where the reader has not chosen
    why : why it is offered
    """

    key: str
    indicator: str
    label: str
    measure: str
    usual: int
    why: str


@dataclass(frozen=True)
class Missing:
    """What a reader might look for and does not find, and why."""

    label: str
    why: str


@dataclass(frozen=True)
class Backgrounds:
    """Everything that is offered, in the order in which it is shown, and what is not."""

    offered: tuple[Background, ...]
    missing: tuple[Missing, ...]

    @property
    def usual(self) -> dict[str, float]:
        """Usual weight by key, of those that have one above 0."""
        return {each.key: float(each.usual) for each in self.offered if each.usual}


def read_backgrounds(file: Path = FILE) -> Backgrounds:
    """Every background figure, checked.

    Raises
    ------
    BadFacts : the first mistake found, with file, key and remedy
    """
    try:
        table = tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise BadFacts(f"{file.name} is not TOML that can be read: {error}") from error
    facts = Facts(file, table)
    facts.only(("background", "missing"))
    offered = tuple(_background(file, each) for each in facts.get("background", list))
    keys = [each.key for each in offered]
    twice = next((key for key in keys if keys.count(key) > 1), None)
    if twice:
        raise facts.bad("key", f"'{twice}' is there twice; keep one.")
    missing = (Facts(file, each, "[[missing]]") for each in facts.get("missing", list, []))
    return Backgrounds(offered, tuple(Missing(each.text("label"), each.text("why")) for each in missing))


def _background(file: Path, table: dict) -> Background:
    facts = Facts(file, table, f"[[background]] {table.get('key', '?')}")
    facts.only(KEYS)
    usual = facts.get("usual", int)
    if not 0 <= usual <= MOST_WEIGHT:
        raise facts.bad("usual", f"{usual} is outside 0 to {MOST_WEIGHT}.")
    key = facts.text("key")
    if not (key.replace("_", "").isalnum() and key.isascii()):
        raise facts.bad("key", f"'{key}' cannot stand in a link: write letters, digits and underscores.")
    return Background(
        key,
        facts.text("indicator"),
        facts.text("label"),
        facts.one_of("measure", MEASURES),
        usual,
        facts.text("why"),
    )


@functools.cache
def backgrounds() -> Backgrounds:
    """The project's own list, read once."""
    return read_backgrounds()
