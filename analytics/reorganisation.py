"""Splits and mergers of authorities inside a window: which codes together cover the same ground before and after."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd


@dataclass(frozen=True)
class Reorganisation:
    """Authorities before and after a change that cover the same ground; `code` joins the newest codes."""

    before: tuple[str, ...]
    after: tuple[str, ...]
    year: int

    @property
    def code(self) -> str:
        """Code of the whole area: its newest codes, joined."""
        return "+".join(self.after)


def reorganisations(changes: pd.DataFrame, *, first: int, last: int) -> list[Reorganisation]:
    """Splits and mergers with figures on both sides of the change inside `first` to `last`.

    Parameters
    ----------
    changes : columns old_code, new_code, year (first year of figures for the new boundaries), kind
    """
    inside = changes[(changes.kind != "recode") & (changes.year > first) & (changes.year <= last)]
    found: list[tuple[set[str], set[str], int]] = []
    for row in inside.sort_values(["year", "old_code", "new_code"]).itertuples():
        before, after = {row.old_code}, {row.new_code}
        # Pairs that share an authority belong to one change: the coarsest area that all of them cover.
        touching = [f for f in found if f[2] == row.year and (f[0] & before or f[1] & after)]
        for other in touching:
            before, after = before | other[0], after | other[1]
            found.remove(other)
        found.append((before, after, int(row.year)))
    return [Reorganisation(tuple(sorted(b)), tuple(sorted(a)), year) for b, a, year in found]
