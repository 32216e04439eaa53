"""The eight published layouts: names of columns, rounding, symbols and suppression as the published files have them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from data.invented import counts
from data.invented.counts import BANDS, Counts
from data.invented.models import FIRST_YEAR, YEARS
from data.invented.places import COUNTRY_CODE, COUNTRY_NAME, SOURCE, Places
from data.invented.series import Series

WHEN = ("time_period", "time_identifier", "geographic_level", "country_code", "country_name")
WHERE = ("region_code", "region_name", "old_la_code", "new_la_code", "la_name")
WHERE_CARE = ("region_code", "region_name", "old_la_code", "la_name", "new_la_code")
BYTE_ORDER_MARK = b"\xef\xbb\xbf"


# Symbols


@dataclass(frozen=True)
class Gap:
    """A planted gap: which files, which year, which columns (none named: all), which symbol, at which spare authority.

    `spare` counts through the authorities that use no model, so that no planted truth loses a cell.
    """

    files: str
    year: int
    symbol: str
    spare: int
    columns: tuple[str, ...] = ()


GAPS = (
    Gap("b1 c1 d3 d5", 2014, "x", 0),
    Gap("b1 c1 d3 d5", 2021, "x", 1),
    Gap("b1", 2013, "x", 2, ("Ended_episodes", "Ended_child", "At31_episodes", "awaiting_assessment")),
    Gap("b1", 2024, "u", 3, ("Started_episodes", "Started_child")),
    Gap("c1", 2023, "u", 4, ("rereferral_count", "rereferral_child_count")),
    Gap("d3 d5", 2024, "u", 5),
    Gap("workforce", 2019, "u", 6, ("agency", "agency_cover")),
    Gap("workforce", 2018, "x", 7),
    Gap("placements", 2016, "z", 8),
    Gap("care placements", 2020, "x", 9),
)
QUIET_SPARES = (10, 11)  # spare authorities with no, or hardly any, agency workers for a while


def gaps(file: str, column: str, n: int, spare: np.ndarray) -> np.ndarray:
    """Planted symbols of one column, n authorities x years 2013 to 2025; '' where there is none."""
    symbols = np.full((n, len(YEARS)), "", dtype="U3")
    for gap in GAPS:
        if file in gap.files.split() and (not gap.columns or column in gap.columns):
            symbols[spare[gap.spare], gap.year - FIRST_YEAR] = gap.symbol
    return symbols


def small(count: np.ndarray) -> np.ndarray:
    """Where a count of children is from 1 to 5, which is not published."""
    return (count >= 1) & (count <= 5)


def suppressed(count: np.ndarray, symbols: np.ndarray) -> np.ndarray:
    """Symbols with "c" added where a count is small and nothing else stands there."""
    return np.where((symbols == "") & small(count), "c", symbols)


def hidden_bands(total: np.ndarray, bands: np.ndarray) -> np.ndarray:
    """Where bands (stacked on the first axis) are to be hidden: the small ones, and one more where one alone could be
    worked out from the printed total: the smallest of the others that is not zero."""
    hidden = small(bands)
    alone = (hidden.sum(axis=0) == 1) & ~small(total)
    candidates = np.where(hidden | (bands == 0), np.iinfo(bands.dtype).max, bands)
    second = np.arange(len(bands))[:, None, None] == candidates.argmin(axis=0)
    return hidden | (second & alone & (candidates.min(axis=0) < np.iinfo(bands.dtype).max))


# Cells


class Printer:
    """Turns counts of authorities into printed cells of all areas: the total, the regions, then the authorities.

    Totals and regions sum all their authorities, hidden ones too, and are rounded to the nearest 10, so that no hidden
    count can be worked out from them. All arrays are areas x years.
    """

    def __init__(self, places: Places) -> None:
        self.places = places
        self.above = 1 + len(places.region_names)
        self.region_of = np.arange(len(places.region_names))[:, None] == places.region

    def with_sums(self, count: np.ndarray) -> np.ndarray:
        """Counts with the exact sums of the total and the regions put before them."""
        return np.concatenate([count.sum(axis=0, keepdims=True), self.region_of @ count, count])

    def marked(self, text: np.ndarray, symbols: np.ndarray) -> np.ndarray:
        """Cells with the authorities' symbols in place of figures."""
        local = np.where(symbols == "", text[self.above :], symbols)
        return np.concatenate([text[: self.above], local])

    def count(self, count: np.ndarray, symbols: np.ndarray) -> np.ndarray:
        """Whole counts; the total and the regions to the nearest 10."""
        full = self.with_sums(count)
        full[: self.above] = (full[: self.above] + 5) // 10 * 10
        return self.marked(full.astype("U9"), symbols)

    def exact(self, count: np.ndarray, symbols: np.ndarray) -> np.ndarray:
        """Whole counts of what is no child: workers and residents, not rounded at any level."""
        return self.marked(self.with_sums(count).astype("U9"), symbols)

    def tenths(self, amount: np.ndarray, symbols: np.ndarray) -> np.ndarray:
        """Amounts held in tenths."""
        return self.marked(tenths_text(self.with_sums(amount)), symbols)

    def ratio(
        self, above: np.ndarray, below: np.ndarray, symbols: np.ndarray, *, times: int = 100, decimals: int = 1
    ) -> np.ndarray:
        """`times` x one count over another from unrounded sums; "z" where there is nothing to divide by."""
        upper, lower = self.with_sums(above) * times * 10**decimals, self.with_sums(below)
        nothing = lower == 0
        rounded = (2 * upper + lower) // np.where(nothing, 1, 2 * lower)
        text = tenths_text(rounded) if decimals else rounded.astype("U9")
        return self.marked(np.where(nothing, "z", text), symbols)


def tenths_text(amount: np.ndarray) -> np.ndarray:
    """Tenths as published: one decimal, and none where it would be 0."""
    whole, rest = np.divmod(amount, 10)
    text = whole.astype("U9")
    return np.where(rest == 0, text, np.strings.add(np.strings.add(text, "."), rest.astype("U1")))


# Rows


@dataclass(frozen=True)
class Sheet:
    """A file to be: columns of cells, areas x years; in a long file areas x years x kinds, beside columns of kinds."""

    cells: dict[str, np.ndarray]
    kinds: dict[str, tuple[str, ...]]
    years: np.ndarray
    where: tuple[str, ...] = WHERE
    quoted_blanks: bool = False
    byte_order_mark: bool = False


def area_columns(places: Places, *, quoted_blanks: bool) -> dict[str, list[str]]:
    """What each column of the layout says of the total, the regions and the authorities, in the order of the file."""
    blank = '""' if quoted_blanks else ""  # two of the published tables write some empty cells as ""
    regions, n = len(places.region_names), len(places)
    names = [f'"{name}"' if "," in name else name for name in places.names]
    return {
        "time_identifier": ["Reporting year"] * (1 + regions + n),
        "geographic_level": ["National", *["Regional"] * regions, *["Local authority"] * n],
        "country_code": [COUNTRY_CODE] * (1 + regions + n),
        "country_name": [COUNTRY_NAME] * (1 + regions + n),
        "region_code": [blank, *places.region_codes, *(places.region_codes[r] for r in places.region)],
        "region_name": [blank, *places.region_names, *(places.region_names[r] for r in places.region)],
        "old_la_code": [*[""] * (1 + regions), *places.old_codes],
        "new_la_code": [*[blank] * (1 + regions), *places.codes],
        "la_name": [*[blank] * (1 + regions), *names],
    }


def sheet_text(sheet: Sheet, places: Places) -> str:
    """The file as text: newest year first, then areas, then kinds."""
    kinds = max((len(values) for values in sheet.kinds.values()), default=1)
    areas = area_columns(places, quoted_blanks=sheet.quoted_blanks)
    shape = (len(sheet.years), len(areas["la_name"]), kinds)
    columns = {"time_period": sheet.years[::-1].astype("U4")[:, None, None]}
    columns |= {name: np.array(areas[name])[None, :, None] for name in (*WHEN[1:], *sheet.where)}
    columns |= {name: np.array(values)[None, None, :] for name, values in sheet.kinds.items()}
    for name, cells in sheet.cells.items():
        columns[name] = np.swapaxes(np.atleast_3d(cells)[:, -len(sheet.years) :][:, ::-1], 0, 1)
    flat = [np.broadcast_to(column, shape).ravel().tolist() for column in columns.values()]
    return "\n".join([",".join(columns), *map(",".join, zip(*flat, strict=True))]) + "\n"


def write_sheet(path: Path, sheet: Sheet, places: Places) -> Path:
    """Writes one file, with a byte-order mark where the published file has one, and its path comes back."""
    mark = BYTE_ORDER_MARK if sheet.byte_order_mark else b""
    path.write_bytes(mark + sheet_text(sheet, places).encode())
    return path


# The eight files


class Extracts:
    """Prints the eight files of one teaching set; each method returns one file as a sheet."""

    def __init__(self, places: Places, series: Series, spare: np.ndarray, rng: np.random.Generator) -> None:
        self.places, self.series, self.spare = places, series, spare
        self.printer = Printer(places)
        self.children = places.children  # the mid-year before: 2012 serves 31 March 2013
        self.rng = rng

    def symbols(self, file: str, column: str, count: np.ndarray | None = None) -> np.ndarray:
        """Planted symbols of a column and, given counts of children, "c" where they are small."""
        planted = gaps(file, column, len(self.places), self.spare)
        return planted if count is None else suppressed(count, planted)

    def need(self) -> Sheet:
        found = counts.need(self.series, self.children, self.rng)
        cells = {name: self.printer.count(count, self.symbols("b1", name, count)) for name, count in found.items()}
        return Sheet(cells, {"category": ("Children in Need",)}, YEARS)

    def referrals(self) -> Sheet:
        found = counts.referrals(self.series, self.children, self.rng)
        cells = {}
        for name, count in found.items():
            symbols = self.symbols("c1", name, count)
            cells[name] = self.printer.count(count, symbols)
            if name not in ("referral_count", "referral_child_count"):
                out_of = found["referral_child_count" if "child" in name else "referral_count"]
                cells[name.replace("count", "percent")] = self.printer.ratio(count, out_of, symbols)
        return Sheet(cells, {"category": ("Referrals and Re-referrals",)}, YEARS)

    def plan_starts(self) -> Sheet:
        found = counts.plan_starts(self.series, self.children)
        started, again = found["CPP_start"], found["CPP_subsequent"]
        symbols = self.symbols("d3", "CPP_subsequent", again)
        cells = {
            "CPP_start": self.printer.count(started, self.symbols("d3", "CPP_start", started)),
            "CPP_subsequent": self.printer.count(again, symbols),
            "CPP_subsequent_percent": self.printer.ratio(again, started, symbols),
        }
        category = "Child Protection Plans which are a second or subsequent plan"
        return Sheet(cells, {"category": (category,)}, YEARS, quoted_blanks=True)

    def open_plans(self) -> Sheet:
        found = counts.open_plans(self.series, self.children, self.rng)
        total = found["CPP_At31"]
        hidden = hidden_bands(total, np.stack([found[band] for band in BANDS]))
        cells = {"CPP_At31": self.printer.count(total, self.symbols("d5", "CPP_At31", total))}
        for band, hide in zip(BANDS, hidden, strict=True):
            planted = self.symbols("d5", band)
            symbols = np.where((planted == "") & hide, "c", planted)
            cells[band] = self.printer.count(found[band], symbols)
            cells[f"{band}_percent"] = self.printer.ratio(found[band], total, symbols)
        return Sheet(cells, {"category": ("Child Protection Plans by length of time",)}, YEARS, quoted_blanks=True)

    def long(self, file: str, found: Counts) -> tuple[list[np.ndarray], list[np.ndarray]]:
        """Printed counts of a long file and their symbols, one of each a kind."""
        symbols = [self.symbols(file, name, count) for name, count in found.items()]
        return [self.printer.count(c, s) for c, s in zip(found.values(), symbols, strict=True)], symbols

    def care(self, looked_after: Counts) -> Sheet:
        printed, symbols = self.long("care", looked_after)
        rates = [
            self.printer.ratio(count, self.children, symbol, times=10_000, decimals=0)
            for count, symbol in zip(looked_after.values(), symbols, strict=True)
        ]
        children = self.printer.exact(self.children, self.symbols("population", "children"))
        cells = {
            "population_estimate": np.stack([children] * len(rates), axis=-1),
            "children_count": np.stack(printed, axis=-1),
            "rate_per_10000": np.stack(rates, axis=-1),
        }
        kinds = (
            "Children ceasing to be looked after each year",
            "Children looked after on 31 March each year",
            "Children starting to be looked after each year",
        )
        return Sheet(cells, {"population_type": kinds}, YEARS, where=WHERE_CARE, byte_order_mark=True)

    def placements(self, looked_after: Counts) -> Sheet:
        found = counts.placements(self.series, looked_after["on_31_march"], self.rng)
        out_of = ("long_under_16", "long_under_16", "two_years", "two_years", "all", "all")
        printed, symbols = self.long("placements", found)
        percents = [
            self.printer.ratio(count, found[group], symbol, decimals=0)
            for count, group, symbol in zip(found.values(), out_of, symbols, strict=True)
        ]
        long_under_16 = "Children looked after continuously for at least 2.5 years on 31 March aged under 16 years"
        groups = (long_under_16, long_under_16, *["CLA 2 years on 31 March"] * 2, *["CLA on 31 March"] * 2)
        stability = (
            "Living with the same carer for at least 2 years", "Total children",
            "Total children", "With 3 or more placements during the previous 2 years",
            "Total children", "With 3 or more placements during the year",
        )  # fmt: skip
        return Sheet(
            {"children_count": np.stack(printed, axis=-1), "children_percent": np.stack(percents, axis=-1)},
            {"cla_group": groups, "placement_stability": stability},
            YEARS,
            where=WHERE_CARE,
            byte_order_mark=True,
        )

    def workforce(self) -> Sheet:
        found = counts.workforce(self.series, self.places, [self.spare[i] for i in QUIET_SPARES], self.rng)
        symbols = {name: self.symbols("workforce", name) for name in found}
        hardly_any = (found["agency"] == 0) & (found["agency_heads"] > 0)
        symbols["agency"] = np.where((symbols["agency"] == "") & hardly_any, "low", symbols["agency"])
        printed = workforce_cells(self.printer, found, symbols)
        return Sheet(printed, {}, YEARS[YEARS >= 2017])

    def population(self) -> Sheet:
        children = self.printer.exact(self.children, self.symbols("population", "children"))
        kinds = {"age_group": ("Children aged 0 to 17 years",)}
        return Sheet({"population_estimate": children}, kinds, YEARS - 1)

    def sheets(self) -> dict[str, Sheet]:
        """The eight files by name."""
        looked_after = counts.care(self.series, self.children)
        return {
            "illustrative_b1_children_in_need_2013_to_2025.csv": self.need(),
            "illustrative_c1_children_in_need_referrals_and_rereferrals_2013_to_2025.csv": self.referrals(),
            "illustrative_d3_cpps_subsequent_plan_2013_to_2025.csv": self.plan_starts(),
            "illustrative_d5_cpps_at31march_by_duration_2013_to_2025.csv": self.open_plans(),
            "illustrative_cla_number_and_rate_per_10k_children.csv": self.care(looked_after),
            "illustrative_la_cla_placement_stability.csv": self.placements(looked_after),
            "illustrative_csww_indicators_2017_to_2025.csv": self.workforce(),
            "illustrative_ons_mid-year_population_estimates_2012_to_2024.csv": self.population(),
        }


def workforce_cells(printer: Printer, found: Counts, symbols: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """The workforce columns: full-time equivalents, people, and the rates worked out from them."""

    def fte(name: str) -> np.ndarray:
        return printer.tenths(found[name], symbols[name])

    def people(name: str) -> np.ndarray:
        return printer.exact(found[name], symbols[name])

    def percent(above: str, *below: str) -> np.ndarray:
        marks = symbols[above]
        for name in below:  # a rate is no better than what it is out of
            unsure = np.isin(symbols[name], ("u", "x")) & (marks == "")
            marks = np.where(unsure, symbols[name], marks)
        return printer.ratio(found[above], sum(found[name] for name in below), marks)

    cells: dict[str, np.ndarray] = {}
    for name in ("inpost", "starters", "leavers"):
        cells |= {f"{name}_fte": fte(name), f"{name}_headcount": people(f"{name}_heads")}
    cells["turnover_rate_fte"] = percent("leavers", "inpost")
    cells["turnover_rate_headcount"] = percent("leavers_heads", "inpost_heads")
    cells |= {"agency_fte": fte("agency"), "agency_headcount": people("agency_heads")}
    cells["agency_rate_fte"] = percent("agency", "agency", "inpost")
    cells["agency_rate_headcount"] = percent("agency_heads", "agency_heads", "inpost_heads")
    cells["agency_cover_fte"] = fte("agency_cover")
    cells["agency_cover_rate_fte"] = percent("agency_cover", "agency")
    cells["vacancy_fte"] = fte("vacancy")
    cells["vacancy_rate_fte"] = percent("vacancy", "vacancy", "inpost")
    cells["vacancy_agency_cover_rate_fte"] = percent("agency_cover", "vacancy")
    cells |= {"case_holders_fte": fte("case_holders"), "cases": people("cases")}
    cells["caseload_fte"] = printer.ratio(found["cases"], found["case_holders"], symbols["cases"], times=10)
    cells["working_days_lost_fte"] = fte("days_lost")
    days_available = found["inpost"] * counts.WORKING_DAYS
    cells["absence_rate_fte"] = printer.ratio(found["days_lost"], days_available, symbols["days_lost"])
    return cells


AUTHORITY_COLUMNS = "area_code,old_code,name,region,sub_region,type,first_year,last_year,children_thousand,source"


def authorities_csv(places: Places) -> str:
    """The invented authorities in the columns of data/reference/authorities.csv."""
    lines = [AUTHORITY_COLUMNS]
    for i, name in enumerate(places.names):
        shown = f'"{name}"' if "," in name else name
        region = places.region_names[places.region[i]]
        codes, thousand = f"{places.codes[i]},{places.old_codes[i]}", round(places.size[i] / 1000)
        lines.append(f'{codes},{shown},{region},,{places.types[i]},,,{thousand},"{SOURCE}"')
    return "\n".join(lines) + "\n"
