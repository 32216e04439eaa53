"""Statistical neighbours of the invented authorities: who is nearest to whom, in the layouts of 2021 and of 2025."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass

import numpy as np

from data.invented.places import Places
from data.invented.series import Series

NAMED = 10
NEED = ("cin_rate", "referral_rate", "cpp_rate", "cla_rate")  # whose lasting differences stand for an authority's need
DENSITY = {"county": -1.2, "unitary authority": 0.2, "metropolitan district": 1.0}
OWN_SHARE = 0.35  # of the variance of a characteristic, an authority's own, which no figure of the set shows
TAILS = 4  # degrees of freedom of what is an authority's own: a few are like no other, as among the real ones
MOVED = 0.36  # standard deviations by which a characteristic moves between the vintages; about half the names change

# Each vintage's words as it writes them, blanks and capitals included, the nearest first, and their shares of all
# neighbours named, rounded, as in the Department for Education's lists of April 2021 and May 2025.
WORDS_2021 = ("Extremely Close", "Very Close", "Close", "Somewhat close", "Not Close")
WORDS_2025 = ("Extremely close", "Very close", "Close ", "Somewhat close", "Not close")
SHARES_2021 = (0.06, 0.59, 0.19, 0.09, 0.07)
SHARES_2025 = (0.01, 0.55, 0.32, 0.09, 0.03)
BYTE_ORDER_MARK = "\ufeff"


@dataclass(frozen=True)
class Near:
    """Ten neighbours of each authority, the nearest first: positions and distances, authorities x 10."""

    positions: np.ndarray
    distances: np.ndarray

    def words(self, words: tuple[str, ...], shares: tuple[float, ...]) -> np.ndarray:
        """A word for each distance, cut so that each word has its share of all."""
        cuts = np.quantile(self.distances, np.cumsum(shares)[:-1])
        return np.array(words)[np.searchsorted(cuts, self.distances)]


def standardised(values: np.ndarray) -> np.ndarray:
    """Values with mean 0 and variance 1 over the authorities (rows)."""
    return (values - values.mean(axis=0)) / values.std(axis=0)


def background(places: Places, series: Series, rng: np.random.Generator) -> np.ndarray:
    """Background characteristics, authorities x 5: need, children, density and two of the region, each partly its own."""
    need = np.mean([series.draws.lasting[series.draws.indicators.index(name)] for name in NEED], axis=0)
    children = np.log(places.children.mean(axis=1))
    density = np.array([DENSITY[kind] for kind in places.types])
    of_region = rng.standard_normal((len(places.region_names), 2))[places.region]
    shared = standardised(np.column_stack([need, children, density, of_region]))
    own = rng.standard_t(TAILS, shared.shape) / np.sqrt(TAILS / (TAILS - 2))
    return np.sqrt(1 - OWN_SHARE) * shared + np.sqrt(OWN_SHARE) * own


def nearest(characteristics: np.ndarray) -> Near:
    """The ten authorities at the smallest distance from each, over all characteristics alike."""
    apart = characteristics[:, None, :] - characteristics[None, :, :]
    distance = np.sqrt((apart**2).mean(axis=-1))
    np.fill_diagonal(distance, np.inf)
    positions = distance.argsort(axis=1, kind="stable")[:, :NAMED]
    return Near(positions, np.take_along_axis(distance, positions, axis=1))


def neighbour_lists(places: Places, series: Series, rng: np.random.Generator) -> dict[str, str]:
    """The lists of April 2021 and May 2025 as text, by name of the file."""
    then = background(places, series, rng)
    now = then + MOVED * rng.standard_normal(then.shape)
    return {
        "illustrative_statistical_neighbour_groupings_april_2021.csv": list_of_2021(places, nearest(then)),
        "illustrative_sn_model_2025_wide.csv": list_of_2025(places, nearest(now)),
    }


def list_of_2021(places: Places, near: Near) -> str:
    """The older layout: by number, every line with an empty field at its end."""
    heading = ["LA num", "LA Name", "LA number", "GOInd", "GOReg"]
    heading += [part for rank in range(1, NAMED + 1) for part in (f"SN{rank}", "SNP")]
    pairs = pairs_of(places, near, near.words(WORDS_2021, SHARES_2021))
    rows = []
    for i, code in enumerate(places.old_codes):
        region = places.region[i]
        rows.append([code, places.names[i], code, region + 1, places.region_names[region], *pairs[i], ""])
    return as_csv([[*heading, ""], *rows])


def list_of_2025(places: Places, near: Near) -> str:
    """The newer layout: by name."""
    heading = ["old_la_code", "la_name", "region_ind", "region_name"]
    heading += [part for rank in range(1, NAMED + 1) for part in (f"SN_{rank}", f"SN_{rank}P")]
    pairs = pairs_of(places, near, near.words(WORDS_2025, SHARES_2025))
    rows = []
    for i in sorted(range(len(places)), key=places.names.__getitem__):
        region = places.region[i]
        rows.append([places.old_codes[i], places.names[i], region + 1, places.region_names[region], *pairs[i]])
    return as_csv([heading, *rows])


def pairs_of(places: Places, near: Near, words: np.ndarray) -> list[list[str]]:
    """Code and word of each neighbour in turn, one list an authority."""
    codes = np.array(places.old_codes)[near.positions]
    return np.stack([codes, words], axis=-1).reshape(len(places), -1).tolist()


def as_csv(rows: list[list[object]]) -> str:
    """Rows as the published lists have them: a byte-order mark, and lines that end in a line feed."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return BYTE_ORDER_MARK + text.getvalue()
