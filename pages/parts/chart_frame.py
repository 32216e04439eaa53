"""A chart on a page: title, unit, the chart, source, its table, its files."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pandas as pd
import streamlit as st

from analytics.charts.picture import Picture, csv_bytes, file_stem, picture_csv, picture_png, picture_svg
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


def show_picture(
    picture: Picture,
    key: str,
    *,
    under: bool = False,
    small: bool = False,
    told: str = "",
    on_select: str | Callable[[], None] = "ignore",
) -> None:
    """Draw a chart with everything that goes with it.

    Parameters
    ----------
    key : names its elements; one a page
    under : whether its title stands under a heading of the page's own
    told : the answer, to stand between title and chart
    small : one among many: table and files are folded away, and made when they are asked for
    on_select : what is done when something is chosen in the chart; `chosen_in` then tells what
    """
    (st.subheader if under else st.header)(as_plain_text(picture.title), anchor=False)
    if told:
        st.markdown(as_plain_text(told))
    st.caption(as_plain_text(picture.subtitle))
    draw(picture, key, on_select=on_select)
    st.caption(as_plain_text(picture.source))
    if small:
        with st.expander("Table and files of this chart", key=f"{key}_more", on_change="rerun") as more:
            if more.open:
                _show_figures(picture)
                offer_files(picture, key)
        return
    offer_files(picture, key)
    with st.expander("Table of the figures in this chart"):
        _show_figures(picture)


def _show_figures(picture: Picture) -> None:
    numbers = tuple(picture.table.columns[1:])
    show_table(picture.table, caption=picture.title, numbers=numbers, tall=len(picture.table) > 20)


def chosen_in(key: str, selection: str, field: str) -> str:
    """What was chosen last in a chart, '' where nothing is."""
    state = st.session_state.get(f"{key}_chart")
    picked = state["selection"].get(selection) if state else None
    return str(picked[0].get(field, "")) if picked else ""


def draw(picture: Picture, key: str, *, on_select: str | Callable[[], None] = "ignore") -> object:
    """Draw the chart alone; what was chosen in it comes back where `on_select` is 'rerun' or an act.

    One of its own width scrolls where the page is narrower (static/look.css).
    """
    look = {"theme": None, "key": f"{key}_chart", "alt": picture.alt, "on_select": on_select}
    if not picture.own_width:
        return st.vega_lite_chart(picture.frame, picture.spec, **look)
    with st.container(key=f"{key}_wide"):
        return st.vega_lite_chart(picture.frame, picture.spec, width="content", **look)


def offer_files(picture: Picture, key: str) -> None:
    """Buttons that make a file of the chart when they are pressed."""
    offer_files_of(picture.file_stem, lambda: picture, key)


def offer_files_of(stem: str, draw: Callable[[], Picture], key: str) -> None:
    """The same of a chart that is itself made only when a button is pressed.

    Parameters
    ----------
    stem : file name without its ending
    """
    given = provenance()
    with st.container(horizontal=True, key=f"{key}_files"):
        for word, ending, kind, made in FILES:
            _button(f"Download {word}", partial(_file, made, draw, given), f"{stem}.{ending}", kind, key)


def _file(made: Callable[[Picture, Provenance], bytes], draw: Callable[[], Picture], given: Provenance) -> bytes:
    return made(draw(), given)


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
    called: str = "table",
) -> None:
    """Buttons that make a table that belongs to no chart, and a file of it, when they are pressed.

    Parameters
    ----------
    made : the table, figures as held
    stem : what the file is named by
    title : what the table is called; the stem where it has no other name
    decimals : places that figures are shown with; they are held whole
    workbook : whether it is short enough for a workbook
    called : what the buttons call it
    """
    title = title or stem.replace("-", " ").replace("_", " ").capitalize()
    given, name = provenance(), file_stem(stem, illustrative=illustrative)
    said = {"title": title, "source": source, "unit": unit}

    def as_csv() -> bytes:
        return csv_bytes(made(), illustrative=illustrative, source=source, title=title, given=given)

    def as_workbook() -> bytes:
        return _workbook(made(), given, said, illustrative=illustrative, decimals=decimals)

    with st.container(horizontal=True, key=f"{key}_table_files"):
        _button(f"Download {called} as CSV", as_csv, f"{name}.csv", "text/csv", f"{key}_table")
        if workbook:
            _button(f"Download {called} as XLSX", as_workbook, f"{name}.xlsx", SPREADSHEET, f"{key}_table")


def _button(word: str, made: Callable[[], bytes], name: str, kind: str, key: str) -> None:
    ending = name.rpartition(".")[2]
    st.download_button(word, made, file_name=name, mime=kind, key=f"{key}_{ending}", on_click="ignore", type="tertiary")
