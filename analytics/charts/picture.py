"""A chart with all that must go with it: question, unit, source, words for those who cannot see it, figures, files."""

from __future__ import annotations

import json
import re
import textwrap
from dataclasses import dataclass

import pandas as pd
import vl_convert

from analytics.charts import theme
from analytics.provenance import ILLUSTRATIVE, Provenance

EXPORT_WIDTH = 820  # pixels; a picture is drawn at twice that for print
TITLE_CHARACTERS, SMALL_CHARACTERS = 84, 116  # that fit a line of the exported title and subtitle
SMALL_LEAD = 20  # pixels from line to line below a drawing
DECIMALS = re.compile(r"\d\.(\d+)")
RISKY_STARTS = ("=", "+", "-", "@", "\t", "\r")
NOWHERE = Provenance()


@dataclass(frozen=True)
class Picture:
    """One chart, complete.

    Attributes
    ----------
    title : the question, or what was found
    subtitle : unit and what a year stands for
    source : source, coverage, data as at
    alt : what the chart says, for those who cannot see it
    spec, frame : what is drawn
    table : the same figures as text, one column a line
    figures : the same figures as held, for a download
    stem : file name without its ending
    drawing : SVG with title, unit and source in it, where the picture is not drawn from a specification
    """

    title: str
    subtitle: str
    source: str
    alt: str
    spec: dict
    frame: pd.DataFrame
    table: pd.DataFrame
    figures: pd.DataFrame
    stem: str
    illustrative: bool
    drawing: str = ""

    @property
    def own_width(self) -> bool:
        """Whether it is drawn as wide as it is, and scrolls where a page is narrower."""
        return "width" in self.spec

    @property
    def file_stem(self) -> str:
        """Name of a file of it, in plain letters; invented figures say so first."""
        return file_stem(self.stem, illustrative=self.illustrative)

    @property
    def decimals(self) -> int | None:
        """Places after the point that its figures are shown with: the most in its table, None where it shows none."""
        cells = (cell for column in self.table for cell in self.table[column] if isinstance(cell, str))
        return max((len(part) for cell in cells for part in DECIMALS.findall(cell)), default=None)


def file_stem(stem: str, *, illustrative: bool) -> str:
    """Name of a file in plain letters; invented figures say so first.

    >>> file_stem("St Helens: CPP rate", illustrative=True)
    'illustrative-st-helens-cpp-rate'
    """
    plain = re.sub(r"[^a-z0-9]+", "-", stem.lower()).strip("-")
    return f"illustrative-{plain}" if illustrative else plain


def safe_cell(value: object) -> object:
    """Text that a spreadsheet would run as a formula, with a leading apostrophe; numbers as they are.

    >>> safe_cell("=1+1"), safe_cell("-2.5"), safe_cell(-2.5), safe_cell("Brent")
    ("'=1+1", '-2.5', -2.5, 'Brent')
    """
    if isinstance(value, str) and value.startswith(RISKY_STARTS) and not _is_number(value):
        return f"'{value}"
    return value


def _is_number(text: str) -> bool:
    return re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", text) is not None


def csv_bytes(
    frame: pd.DataFrame, *, illustrative: bool, source: str = "", title: str = "", given: Provenance = NOWHERE
) -> bytes:
    """CSV in UTF-8 that spreadsheets recognise, raw precision; source, citation, link and the mark in a column each."""
    notes = {"source_note": source, "cite_as": given.cited(title), "link": given.link, "licence": given.licence}
    notes["note"] = ILLUSTRATIVE if illustrative else ""
    told = frame.assign(**{column: text for column, text in notes.items() if text})
    text = [c for c in told.columns if not pd.api.types.is_numeric_dtype(told[c])]
    safe = told.assign(**{c: told[c].map(safe_cell) for c in text}).rename(columns=safe_cell)
    return ("\N{ZERO WIDTH NO-BREAK SPACE}" + safe.to_csv(index=False, lineterminator="\r\n")).encode("utf-8")


def whole_spec(picture: Picture, given: Provenance = NOWHERE) -> dict:
    """Specification with its data, title, unit, source, citation and link inside, for a file that stands alone."""
    source = f"{ILLUSTRATIVE} {picture.source}" if picture.illustrative else picture.source
    told = (picture.subtitle, source, given.cited(), given.link)
    small = [line for text in told for line in _wrapped(text)]
    titled = {"text": textwrap.wrap(picture.title, TITLE_CHARACTERS), "subtitle": small}
    drawn = {"width": EXPORT_WIDTH} | picture.spec | {"title": titled, "description": picture.alt}
    height = drawn.get("height")
    if isinstance(height, int) and not picture.own_width:
        above = theme.TITLE_SIZE * 1.3 * len(titled["text"]) + theme.AXIS_SIZE * 1.3 * len(small) + 30
        drawn["height"] = int(height + above)
    return drawn | {"data": {"values": json.loads(picture.frame.to_json(orient="records"))}}


def picture_png(picture: Picture, given: Provenance = NOWHERE) -> bytes:
    """PNG at twice the width, for a document."""
    if picture.drawing:
        return vl_convert.svg_to_png(_lengthened(picture.drawing, given), scale=2)
    return vl_convert.vegalite_to_png(whole_spec(picture, given), scale=2)


def picture_svg(picture: Picture, given: Provenance = NOWHERE) -> bytes:
    """SVG that names itself and says what it shows."""
    svg = (
        _lengthened(picture.drawing, given)
        if picture.drawing
        else vl_convert.vegalite_to_svg(whole_spec(picture, given))
    )
    words = f"<title>{_xml(picture.title)}</title><desc>{_xml(picture.alt)}</desc>"
    return re.sub(r"(<svg\b[^>]*>)", lambda m: m.group(1) + words, svg, count=1).encode()


def _lengthened(drawing: str, given: Provenance) -> str:
    """A drawing that stands alone, with citation and link below it."""
    lines = [line for text in (given.cited(), given.link) for line in _wrapped(text)]
    head = re.match(r'<svg xmlns="[^"]+" width="(\d+)" height="(\d+)" viewBox="0 0 \1 \2">', drawing)
    if not (lines and head):
        return drawing
    wide, tall = int(head[1]), int(head[2])
    longer = tall + SMALL_LEAD * len(lines) + 8
    look = f'font-family="{theme.FONT}" font-size="{theme.LABEL_SIZE}" fill="{theme.MUTED}"'
    drawn = [f'<rect y="{tall}" width="{wide}" height="{longer - tall}" fill="{theme.PAPER}"/>']
    drawn += [f'<text x="12" y="{tall + SMALL_LEAD * n + 14}" {look}>{_xml(t)}</text>' for n, t in enumerate(lines)]
    start = head[0].replace(f'"{tall}"', f'"{longer}"').replace(f"{wide} {tall}", f"{wide} {longer}")
    return "".join((start, drawing[head.end() :].removesuffix("</svg>"), *drawn, "</svg>"))


def _wrapped(text: str) -> list[str]:
    return textwrap.wrap(text, SMALL_CHARACTERS, break_on_hyphens=False)


def picture_csv(picture: Picture, given: Provenance = NOWHERE) -> bytes:
    """The chart's figures as held."""
    said = {"illustrative": picture.illustrative, "source": picture.source, "title": picture.title}
    return csv_bytes(picture.figures, **said, given=given)


def _xml(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
