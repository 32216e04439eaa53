"""A chart on a page: title, unit, the chart, source, its table, its files."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pandas as pd
import streamlit as st

from analytics.charts.picture import Picture, csv_bytes, picture_csv, picture_png, picture_svg, plain_stem
from pages.parts.address import as_plain_text
from pages.parts.tables import show_table

FILES = (
    ("CSV", "csv", "text/csv", picture_csv),
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


def offer_table(made: Callable[[], pd.DataFrame], stem: str, key: str, *, source: str, illustrative: bool) -> None:
    """A button that makes a table that belongs to no chart, and a CSV of it, when it is pressed."""
    st.download_button(
        "Download CSV",
        lambda: csv_bytes(made(), illustrative=illustrative, source=source),
        file_name=f"{plain_stem(stem, illustrative=illustrative)}.csv",
        mime="text/csv",
        key=f"{key}_table_csv",
        on_click="ignore",
        type="tertiary",
    )


def offer_files(picture: Picture, key: str) -> None:
    """Buttons that make a file of the chart when they are pressed."""
    with st.container(horizontal=True, key=f"{key}_files"):
        for word, ending, kind, made in FILES:
            st.download_button(
                f"Download {word}",
                partial(made, picture),
                file_name=f"{picture.file_stem}.{ending}",
                mime=kind,
                key=f"{key}_{ending}",
                on_click="ignore",
                type="tertiary",
            )
