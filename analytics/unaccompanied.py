"""The rate of children looked after without unaccompanied asylum-seeking children, worked out for everybody at once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
import pandas as pd

from analytics.board import NOT_LISTED, Board

RATE, SHARE = "cla_rate", "cla_uasc_pct"
WITHOUT = "cla_rate_without_unaccompanied"
WITHOUT_LABEL = "Looked after, without unaccompanied asylum-seeking children"
WITHOUT_DEFINITION = (
    "Worked out here: the rate of children looked after, less the share of them who are unaccompanied asylum-seeking "
    "children, where both are printed for the same year. The share is printed in whole per cent, so this is to the "
    "nearest whole child in 10,000 at best, and has no interval."
)
# Figures that describe a place rather than its services, where they are held.


def with_rate_without(board: Board, more: Board) -> Board:
    """The board with the rate of children looked after less unaccompanied ones, where both are held of the same year.

    Parameters
    ----------
    board : headline indicators
    more : a board over the same areas that may hold the share of unaccompanied children, in per cent
    """
    if RATE not in board.indicator_at or SHARE not in more.indicator_at:
        return board
    j = board.indicator_at[RATE]
    share, told = _over_years(more, more.indicator_at[SHARE], board.years)
    value = board.value[j] * (1 - share / 100)
    unlisted = np.isnan(share) & (told == NOT_LISTED)
    status = np.where(np.isnan(board.value[j]) & ~unlisted, board.status[j], told)
    row = board.indicators.iloc[[j]].assign(
        indicator=WITHOUT, label=WITHOUT_LABEL, decimals=0, definition=WITHOUT_DEFINITION, caveat="", headline=False
    )
    blank = np.full((1, *value.shape), np.nan)
    ends = {(WITHOUT, year): day for (name, year), day in board.period_ends.items() if name == RATE}
    return replace(
        board,
        indicators=pd.concat([board.indicators, row], ignore_index=True),
        value=np.concatenate([board.value, value[None]]),
        status=np.concatenate([board.status, status[None]]),
        numerator=np.concatenate([board.numerator, blank]),
        denominator=np.concatenate([board.denominator, blank]),
        implied=np.concatenate([board.implied, np.zeros(blank.shape, dtype=bool)]),
        period_ends={**board.period_ends, **ends},
    )


def _over_years(board: Board, j: int, years: Iterable[int]) -> tuple[np.ndarray, np.ndarray]:
    """Values and statuses of one indicator, areas x years, over years that may not be the board's own."""
    at = {year: y for y, year in enumerate(board.years)}
    nothing = np.full(len(board.areas), np.nan), np.full(len(board.areas), NOT_LISTED, dtype=object)
    columns = [(board.value[j, :, at[y]], board.status[j, :, at[y]]) if y in at else nothing for y in years]
    return tuple(np.stack(each, axis=1) for each in zip(*columns, strict=True))
