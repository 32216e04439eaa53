"""What synthetic adopters are made of, put into the words and tables of the Impact page."""

from __future__ import annotations

import pandas as pd

from analytics.analysis import Result
from analytics.synthetic import Synthetic
from analytics.wording import number_text
from pages.parts.result_words import people

MOST_DONORS = 8  # of one adopter's mix that are named, the rest in one row
MOST_OF_EACH = 3  # of each mix where there are several


def title_of(found: Synthetic) -> str:
    """The question that the tables answer."""
    if len(found.adopters) == 1:
        return f"Who makes up the synthetic {found.adopters.name[0]}?"
    return "Who makes up the synthetic adopters?"


def mix_table(result: Result, found: Synthetic) -> pd.DataFrame:
    """The mix of a single adopter: its largest parts, then the rest together."""
    parts = found.mix(found.adopters.name[0], MOST_DONORS)
    d = result.indicator.decimals
    return pd.DataFrame(
        {
            "Authority": [part.donor or people(part.donors, "other", "others") for part in parts],
            "Share": [share_text(part.weight) for part in parts],
            "Change without it": [range_text(part.low, part.high, d) for part in parts],
        }
    )


def mixes_table(result: Result, found: Synthetic) -> pd.DataFrame:
    """A row an adopter: its mix, how closely that follows before, and the change after."""
    d = result.indicator.decimals
    return pd.DataFrame(
        [
            {
                "Adopter": row.name,
                "Made of": mix_words(found, row.name),
                "Years before": f"{row.years_before}",
                "Usual gap before": number_text(row.rmspe_before, d),
                "Change": number_text(row.mean_gap, d),
                "Without any one of the mix": range_text(row.low, row.high, d),
                "Place of its ratio": _place(row, d),
            }
            for row in found.adopters.itertuples()
        ]
    )


def _place(row: tuple, decimals: int) -> str:
    """Which of all placebos in its slot the adopter's ratio is; none where that divides by next to nothing."""
    if number_text(row.rmspe_before, decimals) == number_text(0.0, decimals):
        return "exact\N{NO-BREAK SPACE}fit"
    return f"{row.place} of {row.out_of}".replace(" ", "\N{NO-BREAK SPACE}")


def mix_words(found: Synthetic, adopter: str) -> str:
    """'Bexcombe 34%, Corley 21% and 5 others 45%'."""
    parts = [
        f"{part.donor or people(part.donors, 'other', 'others')} {share_text(part.weight)}"
        for part in found.mix(adopter, MOST_OF_EACH)
    ]
    return "; ".join(parts)


def every_part_table(result: Result, found: Synthetic) -> pd.DataFrame:
    """Every authority in every mix."""
    d = result.indicator.decimals
    return pd.DataFrame(
        {
            "Adopter": found.weights.adopter,
            "Made of": found.weights.donor,
            "Share": [share_text(v) for v in found.weights.weight],
            "Its change without it": [number_text(v, d) for v in found.weights.without],
        }
    )


def share_text(share: float) -> str:
    """A share of a mix: '34%', 'below 1%'."""
    return "below 1%" if share < 0.005 else f"{share:.0%}"


def range_text(low: float, high: float, decimals: int) -> str:
    """'−8.2 to −6.5', one figure where both are the same, and why where there is none."""
    if low != low:
        return "nobody else is left"
    ends = [number_text(low, decimals), number_text(high, decimals)]
    return ends[0] if ends[0] == ends[1] else " to ".join(ends)
