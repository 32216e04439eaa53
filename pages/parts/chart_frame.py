"""A chart on a page: title, unit, the chart, source, its table, its files."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pandas as pd
import streamlit as st

from analytics.charts.picture import Picture, csv_bytes, picture_csv, picture_png, picture_svg, plain_stem
from analytics.provenance import Provenance
from analytics.report.workbook import notes_of, workbook_bytes
from pages.parts.address import as_plain_text
from pages.parts.tables import show_table
from pages.parts.takeaway import provenance

SPREADSHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def picture_xlsx(picture: Picture, given: Provenance) -> bytes:
    """The chart's figures as held, in a workbook with its notes."""
    said = {"title": picture.title, "source": picture.source, "unit": picture.subtitle, "in_words": picture.alt}
    return _workbook(picture.figures, given, said, illustrative=picture.illustrative, decimals=picture.decimals)


def _workbook(
    frame: pd.DataFrame, given: Provenance, said: dict[str, str], *, illustrative: bool, decimals: int | None
) -> bytes:
    notes = notes_of(frame, given, illustrative=illustrative, **said)
    return workbook_bytes(frame, notes, illustrative=illustrative, decimals=decimals, built=given.built)


FILES = (
    ("CSV", "csv", "text/csv", picture_csv),
    ("XLSX", "xlsx", SPREADSHEET, picture_xlsx),
    ("PNG", "png", "image/png", picture_png),
    ("SVG", "svg", "image/svg+xml", picture_svg),
)


def show_picture(picture: Picture, key: str, *, under: bool = False) -> None:
    """Draw a chart with everything that goes with it.

    Parameters
    ----------
    key : names its elements; one a page
    under : whether its title stands under a heading of the page's own
    """
    (st.subheader if under else st.header)(as_plain_text(picture.title), anchor=False)
    st.caption(as_plain_text(picture.subtitle))
    st.vega_lite_chart(picture.frame, picture.spec, theme=None, key=f"{key}_chart", alt=picture.alt)
    st.caption(as_plain_text(picture.source))
    offer_files(picture, key)
    with st.expander("Table of the figures in this chart"):
        show_table(
            picture.table, caption=picture.title, numbers=tuple(picture.table.columns[1:]), tall=len(picture.table) > 20
        )


def offer_files(picture: Picture, key: str) -> None:
    """Buttons that make a file of the chart when they are pressed."""
    given = provenance()
    with st.container(horizontal=True, key=f"{key}_files"):
        for word, ending, kind, made in FILES:
            _button(f"Download {word}", partial(made, picture, given), f"{picture.file_stem}.{ending}", kind, key)


def offer_table(
    made: Callable[[], pd.DataFrame],
    stem: str,
    key: str,
    *,
    source: str,
    illustrative: bool,
    title: str = "",
    unit: str = "",
    decimals: int | None = None,
    workbook: bool = True,
) -> None:
    """Buttons that make a table that belongs to no chart, and a file of it, when they are pressed.

    Parameters
    ----------
    made : the table, figures as held
    stem : what the file is named by
    title : what the table is called; the stem where it has no other name
    decimals : places that figures are shown with; they are held whole
    workbook : whether it is short enough for a workbook
    """
    title = title or stem.replace("-", " ").replace("_", " ").capitalize()
    given, name = provenance(), plain_stem(stem, illustrative=illustrative)
    said = {"title": title, "source": source, "unit": unit}

    def as_csv() -> bytes:
        return csv_bytes(made(), illustrative=illustrative, source=source, title=title, given=given)

    def as_workbook() -> bytes:
        return _workbook(made(), given, said, illustrative=illustrative, decimals=decimals)

    with st.container(horizontal=True, key=f"{key}_files"):
        _button("Download table as CSV", as_csv, f"{name}.csv", "text/csv", key)
        if workbook:
            _button("Download table as XLSX", as_workbook, f"{name}.xlsx", SPREADSHEET, key)


def _button(word: str, made: Callable[[], bytes], name: str, kind: str, key: str) -> None:
    ending = name.rpartition(".")[2]
    st.download_button(word, made, file_name=name, mime=kind, key=f"{key}_{ending}", on_click="ignore", type="tertiary")
