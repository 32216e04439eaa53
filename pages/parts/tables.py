"""Tables that a screen reader can walk through and a keyboard can scroll."""

from __future__ import annotations

from collections.abc import Collection
from html import escape

import pandas as pd
import streamlit as st

WIDE = 5  # columns that a phone has no room for
MOST_ROWS = 250  # on a page; a download has them all


def show_table(
    frame: pd.DataFrame,
    *,
    caption: str,
    numbers: Collection[str] = (),
    tall: bool = False,
    drawings: Collection[str] = (),
    stacked: bool = False,
    named: bool = False,
) -> None:
    """A table with its caption, the first column heading each row.

    Parameters
    ----------
    frame : text as it is to be read; numbers already formatted
    numbers : columns that are set right, in figures of one width
    tall : whether it scrolls inside a window of its own
    stacked : whether a phone sets the cells of a row under one another, for columns of sentences
    named : whether each stacked cell begins with its column's name, where it would not be understood without
    drawings : columns that hold HTML of ours (a small drawing, a link), set as it is; every other cell is text
    """
    shown = frame.head(MOST_ROWS)
    left = {c: "" if c in numbers else ' class="words"' for c in shown.columns}
    heads = "".join(f'<th scope="col"{left[c]}>{escape(str(c))}</th>' for c in shown.columns)
    look_of = {c: f'{left[c]} data-head="{escape(str(c), quote=True)}"' if named else left[c] for c in shown.columns}
    rows = "".join(
        _row(values, shown.columns, look_of, drawings) for values in shown.itertuples(index=False, name=None)
    )
    more = f" The first {MOST_ROWS} of {len(frame):,} rows." if len(frame) > MOST_ROWS else ""
    name = escape(caption + more)
    hint = "" if stacked or len(shown.columns) < WIDE else '<span class="hint"> Scroll sideways for more.</span>'
    look = f"figures{' tall' if tall else ''}{' stacked' if stacked else ''}{' named' if named else ''}"
    st.html(
        f'<p class="caption">{name}{hint}</p>'
        f'<div class="{look}" role="region" tabindex="0" aria-label="{name}">'
        f'<table aria-label="{name}"><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></div>'
    )


def _row(values: tuple, columns: pd.Index, left: dict[str, str], drawings: Collection[str]) -> str:
    first, *rest = (
        str(value) if column in drawings else _text(value) for column, value in zip(columns, values, strict=True)
    )
    cells = "".join(f"<td{left[c]}>{value}</td>" for c, value in zip(columns[1:], rest, strict=True))
    return f'<tr><th scope="row"{left[columns[0]]}>{first}</th>{cells}</tr>'


def _text(value: object) -> str:
    # A file name has no spaces: it may break after an underscore.
    return escape("" if value is None or value != value else str(value)).replace("_", "_<wbr>")
