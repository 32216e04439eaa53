"""Many results at once, put into the words and tables of the page."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from urllib.parse import urlencode

import pandas as pd

from analytics.analysis import Result
from analytics.charts.spark import gap_spark
from analytics.wording import difference_unit, number_text, p_text


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
