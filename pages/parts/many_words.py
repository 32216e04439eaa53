"""Many results at once, put into the words and tables of the page."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from urllib.parse import urlencode

import pandas as pd

from analytics.analysis import Result
from analytics.charts.spark import gap_spark
from analytics.wording import difference_unit, number_text, p_text


def count_sentence(results: list[Result], what: str, level: float) -> str:
    """How many stand out after allowing for the number of looks, and how many would by chance."""
    total = len(results)
    raw = sum(r.effect.p_value <= 1 - level for r in results)
    kept = [r for r in results if r.verdict.word == "evidence"]
    seen = sum(r.verdict.word == "no_clear_change" for r in results)
    return (
        f"Of {total} {what}, {len(kept)} show evidence of a change after allowing for so many looks, {seen} no clear change "
        f"where one that matters would have been seen, and {total - len(kept) - seen} cannot tell. "
        f"Taken one by one, p is {1 - level:.2f} or below in {raw}; chance alone gives about {total * (1 - level):.0f}."
    )


def results_frame(results: Mapping[str, Result], first: str, links: Mapping[str, str], level: float) -> pd.DataFrame:
    """One row a result: what it is of (a link), the gap drawn small, what would be seen, the change, p, the verdict."""
    rows = []
    for name, result in results.items():
        e, d = result.effect, result.indicator.decimals
        between = (
            "no interval"
            if e.interval_low is None
            else f"{number_text(e.interval_low, d)} to {number_text(e.interval_high, d)}"
        )
        who = f"{e.n_treated} adopter{'' if e.n_treated == 1 else 's'}, {difference_unit(result.indicator.unit)}"
        rows.append(
            {
                first: f'{links[name]}<br><span class="under">{escape(who)}</span>',
                "Gap by year": gap_spark(result.event_study, decimals=d),
                "Would be seen": number_text(e.mde, d),
                f"Change ({level:.0%} interval)": f"{number_text(e.estimate, d)} ({between})",
                "p (adjusted)": f"{p_text(e.p_value)} ({p_text(e.p_adjusted)})",
                "Verdict": result.verdict.heading,
            }
        )
    return pd.DataFrame(rows)


def impact_link(label: str, **choices: str) -> str:
    """A link to the Impact page with these choices, for a cell of a table."""
    return f'<a href="impact?{escape(urlencode(choices))}" target="_self">{escape(label)}</a>'
