"""Nine invented regions and their 150 invented authorities, with invented child populations."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

FIRST_MID_YEAR, LAST_MID_YEAR = 2012, 2024
COUNTRY_CODE, COUNTRY_NAME = "X92000001", "All areas"
SOURCE = "Practice Compared, illustrative teaching set"

# Shape of the real spread, by eye: a median near 60,000 children, one in twenty above 180,000, one or two near 8,000.
MEDIAN_CHILDREN, LOG_SPREAD = 61_000, 0.62
FEWEST_CHILDREN, MOST_CHILDREN = 8_000, 320_000

REGIONS: dict[str, str] = {
    "Eastmarch": """Ashmere; Brackenholt; Carrowby; Dunmarsh; Elverstow; Fennimoor; Gorsebridge; Harklowe; Inglemarsh;
        Kelderby; Larkwater; Marrowdale""",
    "Westerfold": """Nethermarsh; Oxenmoor; Pellowick; Quenbrook; Ravelstow; Skelmarsh; Tarrowby; Ullerfold; Vennimere;
        Wexbourne, City of; Yarrowstead; Aldermarch; Birkenfold; Coldwater Vale; Drumbeck; Emberwold; Foxenholme;
        Greywick; Hallowmere; Ivelstoke; Juniper Vale; Kestrelby""",
    "Norlund": """Linnetford; Merebeck; Nightmoor; Otterfold; Pennymarsh; Quarrowdale; Rookenby; Sallowmere;
        Tansybridge; Underfell; Veldermoor; Whinmarsh; Yewenby; Arrowmere; Crakeholt""",
    "Suthermere": """Dappleford; Eskelwick; Farrowmoor; Gillenby; Hartlemarsh; Ickenstow; Kingsmarrow; Lapwater;
        Mistlebrook; Nackerby""",
    "Midlorne": """Ostlemere; Pipersholt; Quillbridge; Rushmarrow; Saltenby; Thistlewold; Umberfield; Vixenmoor;
        Withermarsh; Yaffleford; Amberholt; Bramblestow; Corvenby; Dunlarrow""",
    "Highfells": """Elderfold; Fernhallow; Gannetby; Heatherwold; Ironmere; Jackenby; Knottmarsh; Larchenfield;
        Millowick; Nuttlebeck; Oakenmarsh; Plovermoor""",
    "Lowmarch": """Quernstow; Ravenmarsh; Sedgewater; Teaselby; Upper Thornmere; Lower Thornmere; Thornwick Vale;
        Varrowdale; Willowmarch; Yarnbridge; Bittermere; Cobblestow; Drakenmoor; Elmenholt; Finchwater; Goldenby;
        Hollenmarsh; Isenford; Kitewold; Loamfield; Marlenby; Newtmere; Ousenfold; Pearmarsh; Quincewick; Reedenholt;
        Sparrowdale; Tollermarsh; Umbelstow; Vetchfield; Wrenmoor; Burdockby""",
    "Stranmoor": """Applemarch; Barleymere; Clovenby; Dunnockby; Elderwater; Flaxenmoor; Goosefold; Hazelmarsh;
        Icklemere; Kestermoor; Lindenstow; Mallowby; Nettlewold; Orchenfield; Pebblewick; Quailbridge; Rowanmarsh;
        Starlingby""",
    "Kingsreach": """Ternfold; Ulverbeck; Violetmoor; Wheatenby; Yewmarsh; Aspenwold; Buntingfold; Corncrake Vale;
        Damsonby; Elvermarsh; Fieldmarrow; Gullmere; Kelpwater; East Merrowick; West Merrowick""",
}


@dataclass(frozen=True)
class Places:
    """The 150 authorities in code order, their regions, and children aged 0 to 17 at mid-year.

    `region` holds each authority's position in `region_names`; `children` is authorities x mid-years 2012 to 2024.
    """

    names: tuple[str, ...]
    codes: tuple[str, ...]
    old_codes: tuple[str, ...]
    types: tuple[str, ...]
    region: np.ndarray
    region_names: tuple[str, ...]
    region_codes: tuple[str, ...]
    children: np.ndarray

    def __len__(self) -> int:
        return len(self.names)

    @property
    def size(self) -> np.ndarray:
        """Children aged 0 to 17 in the latest year, one figure an authority."""
        return self.children[:, -1]


def authority_names() -> list[tuple[int, str]]:
    """Position of the region and name of each authority, by region and then by name."""
    return [
        (position, name)
        for position, names in enumerate(REGIONS.values())
        for name in sorted(" ".join(part.split()) for part in names.split(";"))
    ]


def old_code(position: int) -> str:
    """Three characters that no real three-digit code can equal: X01 to X99, then Y01 onwards."""
    return f"{'XY'[position // 99]}{position % 99 + 1:02d}"


def invented_children(n: int, rng: np.random.Generator) -> np.ndarray:
    """Children aged 0 to 17 by authority and mid-year: a log-normal spread that drifts slowly, whole children."""
    mid_years = np.arange(FIRST_MID_YEAR, LAST_MID_YEAR + 1)
    spread = np.array([NormalDist().inv_cdf((rank + 0.5) / n) for rank in range(n)])
    first = MEDIAN_CHILDREN * np.exp(LOG_SPREAD * rng.permutation(spread))
    first[first.argmin()] = FEWEST_CHILDREN  # the spread alone stops short of the smallest real authority's size
    trend = rng.normal(0.003, 0.005, n)[:, None] * (mid_years - FIRST_MID_YEAR)
    wobble = rng.normal(0, 0.002, (n, len(mid_years))).cumsum(axis=1)
    return np.rint(np.clip(first[:, None] * np.exp(trend + wobble), FEWEST_CHILDREN, MOST_CHILDREN)).astype(int)


def types_by_size(size: np.ndarray, rng: np.random.Generator) -> tuple[str, ...]:
    """A type for each authority: the 27 largest are counties, the rest unitary or metropolitan."""
    kinds = np.where(rng.random(len(size)) < 0.35, "metropolitan district", "unitary authority").astype("U24")
    kinds[size.argsort()[-27:]] = "county"
    return tuple(kinds.tolist())


def invented_places(rng: np.random.Generator) -> Places:
    """The invented authorities with codes, regions, types and child populations."""
    region, names = zip(*authority_names(), strict=True)
    children = invented_children(len(names), rng)
    return Places(
        names=names,
        codes=tuple(f"X06{number:06d}" for number in range(1, len(names) + 1)),
        old_codes=tuple(old_code(position) for position in range(len(names))),
        types=types_by_size(children[:, -1], rng),
        region=np.array(region),
        region_names=tuple(REGIONS),
        region_codes=tuple(f"X12{number:06d}" for number in range(1, len(REGIONS) + 1)),
        children=children,
    )
