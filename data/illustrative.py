"""Writes the illustrative teaching set: invented extracts in the published layouts, with planted truths.

Everything in it is fictitious: 150 invented authorities in nine invented regions, and six invented practice models.
No figure is a real authority's; only levels and spreads are borrowed, from data/reference/calibration.csv.

How a figure comes about, the stated model
------------------------------------------
- Value = year level x authority effect x (1 + effect of the models) x noise, never past the highest figure known.
- The mean over authorities in a year is that of the published tables, 2013 to 2025 (an earlier year than the first
  known takes the first). It holds the dip of 2021, the year of COVID.
- Authority effects and noise are log-normal, with the calibration's spread between and within authorities. Related
  tables (referrals, need, plans, care; agency and vacancies) share causes and move together.
- Noise carries over from year to year (first-order serial correlation as calibrated), and a tenth of its variance is
  shared by the authorities of a region. The variance is in proportion to 36 + 1.2 million / children aged 0 to 17:
  small authorities vary more.
- Count = rate x children at the mid-year before / 10,000, rounded. Percentages are worked out from the counts. Counts
  from 1 to 5 are "c", and so is a second duration band where one alone could be worked out; a few cells are x, u, z or
  low. Regions and the total sum all authorities, and their counts of children are rounded to the nearest 10.

What the models truly do is TRUTHS, written out in illustrative_truths.csv. An effect holds in full from the first full
year of exposure, and by half in the years before it that the start falls in. Model B's adopters are those with the
worst year, for them, right before, and were inspected in it and judged poor; those of the other models are drawn at
random. Model E's effect is shared by authorities that the register holds without a date, and by others that it does not
hold at all.

Statistical neighbours are the ten nearest in invented background characteristics: need, children, density and region,
each partly an authority's own, which move a little between the lists of 2021 and 2025. Inspections come every three to
five and a half years; but for Model B's adopters their grades are drawn without a look at the figures.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from data.invented.extracts import Extracts, authorities_csv, write_sheet
from data.invented.inspections import workbook
from data.invented.models import TRUTHS, Truth, Use, planned_uses, truths_csv, write_models
from data.invented.neighbours import neighbour_lists
from data.invented.ods import write_ods
from data.invented.places import Places, invented_places
from data.invented.series import Series, calibrations, drawn_series

__all__ = ["TRUTHS", "TeachingSet", "Truth", "Use", "drawn", "write"]


@dataclass(frozen=True)
class TeachingSet:
    """One draw: the invented authorities, every use of a model (recorded or not), and the latent series."""

    places: Places
    uses: list[Use]
    series: Series

    @property
    def without_model(self) -> np.ndarray:
        """Positions of the authorities that use no model, recorded or not."""
        return np.setdiff1d(np.arange(len(self.places)), [use.authority for use in self.uses])


def drawn(seed: int = 1) -> TeachingSet:
    """The teaching set of a seed, before counting: what tests and the Methods page hold estimates against."""
    for_places, for_series, for_uses = np.random.default_rng(seed).spawn(3)
    places, levels = invented_places(for_places), calibrations()
    draws = drawn_series(places, levels, for_series)
    untreated = Series(levels, draws, [], places.children)
    uses = planned_uses(places, untreated.relative, for_uses)
    return TeachingSet(places, uses, Series(levels, draws, uses, places.children))


def write(folder: Path, *, seed: int = 1) -> list[Path]:
    """Writes the illustrative extracts and lists, authorities, models and truths into a folder; the paths come back.

    The same seed gives the same bytes.
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    teaching = drawn(seed)
    extracts = Extracts(teaching.places, teaching.series, teaching.without_model, np.random.default_rng([seed, 1]))
    paths = [write_sheet(folder / name, sheet, teaching.places) for name, sheet in extracts.sheets().items()]
    inspected = workbook(teaching.places, teaching.uses, np.random.default_rng([seed, 3]))
    paths.append(write_ods(folder / "illustrative_la_inspection_outcomes_as_at_31_march_2025.ods", inspected))
    texts = neighbour_lists(teaching.places, teaching.series, np.random.default_rng([seed, 2])) | {
        "illustrative_authorities.csv": authorities_csv(teaching.places),
        "illustrative_truths.csv": truths_csv(teaching.uses, teaching.places),
    }
    for name, text in texts.items():
        paths.append(folder / name)
        paths[-1].write_text(text, encoding="utf-8", newline="\n")
    return paths + write_models(folder / "practice_models", teaching.uses, teaching.places)
