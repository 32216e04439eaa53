"""The illustrative teaching set: fictitious, in the published layouts, consistent, calibrated, its truths planted."""

from __future__ import annotations

import csv
import tomllib
from collections import Counter
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from data.illustrative import TRUTHS, TeachingSet, drawn, write
from data.invented.extracts import hidden_bands
from data.invented.models import START_STYLES, YEARS, Start, Truth, Use, effect_path, planted
from data.invented.places import REGIONS, authority_names

REFERENCE = Path(__file__).resolve().parents[2] / "data" / "reference"
Rows = list[dict[str, str]]

B1 = "illustrative_b1_children_in_need_2013_to_2025.csv"
C1 = "illustrative_c1_children_in_need_referrals_and_rereferrals_2013_to_2025.csv"
D3 = "illustrative_d3_cpps_subsequent_plan_2013_to_2025.csv"
D5 = "illustrative_d5_cpps_at31march_by_duration_2013_to_2025.csv"
CARE = "illustrative_cla_number_and_rate_per_10k_children.csv"
PLACEMENTS = "illustrative_la_cla_placement_stability.csv"
WORKFORCE = "illustrative_csww_indicators_2017_to_2025.csv"
POPULATION = "illustrative_ons_mid-year_population_estimates_2012_to_2024.csv"

AREA = "time_period,time_identifier,geographic_level,country_code,country_name,region_code,region_name"
HEADERS = {
    B1: f"{AREA},old_la_code,new_la_code,la_name,category,Anypoint_episodes,Anypoint_child,Started_episodes,"
    "Started_child,Ended_episodes,Ended_child,At31_episodes,awaiting_assessment",
    C1: f"{AREA},old_la_code,new_la_code,la_name,category,referral_count,rereferral_count,rereferral_percent,"
    "no_further_action_count,no_further_action_percent,not_in_need_count,not_in_need_percent,referral_child_count,"
    "rereferral_child_count,rereferral_child_percent",
    D3: f"{AREA},old_la_code,new_la_code,la_name,category,CPP_start,CPP_subsequent,CPP_subsequent_percent",
    D5: f"{AREA},old_la_code,new_la_code,la_name,category,CPP_At31,3_months_or_less,3_months_or_less_percent,"
    "more_than_3_months_6_months,more_than_3_months_6_months_percent,more_than_6_months_less_than_1_year,"
    "more_than_6_months_less_than_1_year_percent,1_year_less_than_2_years,1_year_less_than_2_years_percent,"
    "2_years_or_more,2_years_or_more_percent",
    CARE: f"{AREA},old_la_code,la_name,new_la_code,population_type,population_estimate,children_count,rate_per_10000",
    PLACEMENTS: f"{AREA},old_la_code,la_name,new_la_code,cla_group,placement_stability,children_count,children_percent",
    WORKFORCE: f"{AREA},old_la_code,new_la_code,la_name,inpost_fte,inpost_headcount,starters_fte,starters_headcount,"
    "leavers_fte,leavers_headcount,turnover_rate_fte,turnover_rate_headcount,agency_fte,agency_headcount,"
    "agency_rate_fte,agency_rate_headcount,agency_cover_fte,agency_cover_rate_fte,vacancy_fte,vacancy_rate_fte,"
    "vacancy_agency_cover_rate_fte,case_holders_fte,cases,caseload_fte,working_days_lost_fte,absence_rate_fte",
    POPULATION: f"{AREA},old_la_code,new_la_code,la_name,age_group,population_estimate",
}
# file: rows for each area and year, first year, last year
SHAPES = {
    B1: (1, 2013, 2025), C1: (1, 2013, 2025), D3: (1, 2013, 2025), D5: (1, 2013, 2025), CARE: (3, 2013, 2025),
    PLACEMENTS: (6, 2013, 2025), WORKFORCE: (1, 2017, 2025), POPULATION: (1, 2012, 2024),
}  # fmt: skip
BANDS = [
    "3_months_or_less", "more_than_3_months_6_months", "more_than_6_months_less_than_1_year",
    "1_year_less_than_2_years", "2_years_or_more",
]  # fmt: skip
COUNTS_OF_CHILDREN = {
    B1: HEADERS[B1].split(",")[11:],
    C1: [name for name in HEADERS[C1].split(",") if name.endswith("count")],
    D3: ["CPP_start", "CPP_subsequent"],
    D5: ["CPP_At31", *BANDS],
    CARE: ["children_count"],
    PLACEMENTS: ["children_count"],
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("illustrative")
    write(path)
    return path


@pytest.fixture(scope="module")
def tables(folder) -> dict[str, Rows]:
    return {name: read(folder / name) for name in HEADERS}


@pytest.fixture(scope="module")
def teaching() -> TeachingSet:
    return drawn()


def read(path: Path) -> Rows:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def local(rows: Rows) -> Rows:
    return [row for row in rows if row["geographic_level"] == "Local authority"]


def number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return np.nan


def grid(rows: Rows, column: str) -> np.ndarray:
    """Authorities in code order x years, oldest first; NaN where a symbol stands."""
    kept = sorted(local(rows), key=lambda row: (row["new_la_code"], row["time_period"]))
    return np.array([number(row[column]) for row in kept]).reshape(150, -1)


# Names


PLACES_OF_ENGLAND = """
Accrington; Adur; Aldershot; Allerdale; Alnwick; Altrincham; Amber Valley; Andover; Arun; Ashfield; Ashford;
Aylesbury; Babergh; Banbury; Barking; Barnet; Barnsley; Barrow; Basildon; Basingstoke; Bassetlaw; Bath; Batley;
Bedford; Berwick; Beverley; Bexley; Bideford; Birkenhead; Birmingham; Blaby; Blackburn; Blackpool; Bodmin; Bolsover;
Bolton; Bootle; Boston; Bournemouth; Bracknell; Bradford; Braintree; Breckland; Brent; Brentwood; Bridgwater;
Bridlington; Brighton; Bristol; Broadland; Bromley; Bromsgrove; Broxbourne; Broxtowe; Burnley; Burton; Bury; Buxton;
Calderdale; Camberley; Cambridge; Camden; Cannock Chase; Canterbury; Carlisle; Castle Point; Charnwood; Chatham;
Chelmsford; Cheltenham; Cherwell; Chester; Chesterfield; Chichester; Chiltern; Chorley; Clacton; Colchester;
Consett; Copeland; Corby; Cotswold; Coventry; Craven; Crawley; Crewe; Croydon; Dacorum; Darlington; Dartford;
Daventry; Derby; Dewsbury; Doncaster; Dorking; Dover; Dudley; Durham; Ealing; Eastbourne; Eastleigh; Eden;
Elmbridge; Ely; Enfield; Epping Forest; Epsom; Erewash; Exeter; Exmouth; Falmouth; Fareham; Farnham; Fenland;
Folkestone; Forest of Dean; Fylde; Gateshead; Gedling; Glossop; Gloucester; Goole; Gosport; Grantham; Gravesham;
Greenwich; Grimsby; Guildford; Hackney; Halifax; Halton; Hambleton; Harborough; Haringey; Harlow; Harrogate; Harrow;
Hart; Hartlepool; Harwich; Hastings; Havant; Havering; Hereford; Hertsmere; Hexham; High Peak; Hillingdon; Hinckley;
Horsham; Hounslow; Huddersfield; Hull; Huntingdon; Hyndburn; Ilkeston; Ipswich; Islington; Keighley; Kendal;
Kettering; Keswick; Kingston; Kirklees; Knowsley; Lambeth; Lancaster; Leeds; Leicester; Leigh; Lewes; Lewisham;
Lichfield; Lincoln; Liverpool; London; Loughborough; Lowestoft; Luton; Macclesfield; Maidenhead; Maidstone; Maldon;
Malvern; Manchester; Mansfield; Margate; Matlock; Melton; Mendip; Merton; Middlesbrough; Mole Valley; Morecambe;
Morley; Nelson; New Forest; Newark; Newcastle; Newham; Newmarket; Newquay; Northampton; Norwich; Nottingham;
Nuneaton; Oadby; Oldham; Ormskirk; Oswestry; Oxford; Paignton; Pendle; Penrith; Penzance; Peterborough; Plymouth;
Poole; Portsmouth; Preston; Ramsgate; Reading; Redbridge; Redcar; Redditch; Reigate; Ribble Valley; Richmond; Ripon;
Rochdale; Rochford; Rossendale; Rother; Rotherham; Rugby; Runcorn; Runnymede; Rushcliffe; Rushmoor; Rutland; Ryde;
Ryedale; Salford; Salisbury; Sandwell; Scarborough; Scunthorpe; Sedgemoor; Sefton; Selby; Sevenoaks; Sheffield;
Shrewsbury; Skegness; Skipton; Slough; Solihull; Southampton; Southend; Southport; Southwark; Southwold; Spelthorne;
Stafford; Stevenage; Stockport; Stockton; Stoke; Stratford; Stroud; Sunderland; Surrey Heath; Sutton; Swale;
Swindon; Tameside; Tamworth; Tandridge; Taunton; Teignbridge; Telford; Tendring; Test Valley; Tewkesbury; Thanet;
Thurrock; Tonbridge; Torbay; Torquay; Torridge; Tower Hamlets; Trafford; Truro; Tunbridge Wells; Uttlesford;
Vale of White Horse; Wakefield; Walsall; Waltham; Wandsworth; Warrington; Warwick; Watford; Waverley; Wealden;
Welwyn; Westminster; Weymouth; Whitby; Wigan; Winchester; Windsor; Wirral; Woking; Wokingham; Wolverhampton;
Worcester; Worthing; Wychavon; Wycombe; Wyre; Yarmouth; Yeovil; York; Kent; Essex; Devon; Dorset; Norfolk; Suffolk;
Surrey; Sussex; Cornwall; Cumbria; Somerset; Cardiff; Swansea; Newport; Edinburgh; Glasgow; Belfast; Perth
"""
REGIONS_OF_ENGLAND = """
North East; North West; Yorkshire and The Humber; East Midlands; West Midlands; East of England; South East; South West;
Inner London; Outer London; East Anglia; Wessex; Mercia; Northumbria
"""


def listed(text: str) -> list[str]:
    return [" ".join(name.split()).casefold() for name in text.split(";")]


def real_names() -> set[str]:
    authorities = {row["name"].casefold() for row in read(REFERENCE / "authorities.csv")}
    return authorities | set(listed(PLACES_OF_ENGLAND)) | set(listed(REGIONS_OF_ENGLAND))


def clashes(name: str, real: set[str]) -> list[str]:
    """Real names that hold the name, or that stand in it as words."""
    words = f" {name.casefold().replace(',', ' ')} "
    return [place for place in real if name.casefold() in place or f" {place} " in words]


def test_the_search_for_real_names_finds_one():
    real = real_names()
    assert len(real) > 400
    assert clashes("Bristol", real) and clashes("Upper Kent", real) and clashes("hampshire", real)


def test_every_name_is_invented():
    real = real_names()
    names = [name for _, name in authority_names()]
    assert len(set(names)) == 150 and len(REGIONS) == 9
    assert {name: found for name in [*names, *REGIONS, "All areas"] if (found := clashes(name, real))} == {}


def test_no_code_is_a_real_one(folder):
    real = read(REFERENCE / "authorities.csv")
    invented = read(folder / "illustrative_authorities.csv")
    assert list(invented[0]) == list(real[0])
    for column in ("area_code", "old_code"):
        codes = [row[column] for row in invented]
        assert len(set(codes)) == 150
        assert not set(codes) & {row[column] for row in real}
    assert all(row["area_code"].startswith("X06") and len(row["old_code"]) == 3 for row in invented)


# Layout


@pytest.mark.parametrize("name", HEADERS)
def test_layout_is_the_published_one(name, folder, tables):
    heading = (folder / name).read_bytes().split(b"\n", 1)[0]
    assert heading.startswith(b"\xef\xbb\xbf") == (name in (CARE, PLACEMENTS))  # as the published files have it
    assert heading.decode("utf-8-sig") == HEADERS[name]
    kinds, first, last = SHAPES[name]
    levels = Counter((row["time_period"], row["geographic_level"]) for row in tables[name])
    expected = {"National": kinds, "Regional": 9 * kinds, "Local authority": 150 * kinds}
    assert levels == {(str(y), level): n for y in range(first, last + 1) for level, n in expected.items()}
    assert {row["time_identifier"] for row in tables[name]} == {"Reporting year"}
    assert None not in tables[name][0] and all(None not in row.values() for row in tables[name])


def test_areas_are_coded_at_their_level(tables):
    for row in tables[D5]:
        filled = [bool(row[column]) for column in ("region_code", "new_la_code", "old_la_code", "la_name")]
        assert filled == {"National": [False] * 4, "Regional": [True] + [False] * 3}.get(
            row["geographic_level"], [True] * 4
        )
    assert {(row["country_code"], row["country_name"]) for row in tables[B1]} == {("X92000001", "All areas")}
    assert {row["region_code"] for row in tables[B1]} == {"", *(f"X1200000{n}" for n in range(1, 10))}


def test_same_seed_same_bytes(folder, tmp_path):
    again, other = write(tmp_path / "again"), write(tmp_path / "other", seed=2)
    assert len(again) == 8 + 3 + 2 + 6
    names = [path.relative_to(tmp_path / "again") for path in again]
    assert all((folder / name).read_bytes() == (tmp_path / "again" / name).read_bytes() for name in names)
    assert all((folder / path.name).read_bytes() != path.read_bytes() for path in other[:11])


# Figures that belong together


def test_duration_bands_add_up_to_the_plans(tables):
    shown = [row for row in local(tables[D5]) if all(row[band].isdigit() for band in BANDS)]
    assert len(shown) > 500
    assert all(sum(int(row[band]) for band in BANDS) == int(row["CPP_At31"]) for row in shown)


def test_no_single_band_is_hidden_beside_a_shown_total(tables):
    hidden = [sum(row[band] == "c" for band in BANDS) for row in local(tables[D5]) if row["CPP_At31"].isdigit()]
    assert hidden.count(1) == 0 and hidden.count(2) > 100


@pytest.mark.parametrize(
    ("total", "bands", "hidden"),
    [
        pytest.param(60, [20, 15, 12, 10, 3], [0, 0, 0, 1, 1], id="one small: the next smallest goes too"),
        pytest.param(60, [21, 20, 15, 4, 0], [0, 0, 1, 1, 0], id="a zero hides nothing"),
        pytest.param(40, [20, 11, 5, 4, 0], [0, 0, 1, 1, 0], id="two small protect each other"),
        pytest.param(60, [20, 15, 12, 7, 6], [0, 0, 0, 0, 0], id="none small"),
        pytest.param(4, [4, 0, 0, 0, 0], [1, 0, 0, 0, 0], id="the total is hidden as well"),
    ],
)
def test_which_bands_are_hidden(total, bands, hidden):
    found = hidden_bands(np.array([[total]]), np.array(bands)[:, None, None])
    assert found[:, 0, 0].astype(int).tolist() == hidden


@pytest.mark.parametrize("name", COUNTS_OF_CHILDREN)
def test_no_small_count_is_shown(name, tables):
    cells = [row[column] for row in local(tables[name]) for column in COUNTS_OF_CHILDREN[name]]
    assert not {"1", "2", "3", "4", "5"} & set(cells)
    assert "c" in cells and len(cells) > 1900


@pytest.mark.parametrize(("name", "count", "percent"), [
    (C1, "no_further_action_count", "no_further_action_percent"),
    (D3, "CPP_subsequent", "CPP_subsequent_percent"),
    (D5, "2_years_or_more", "2_years_or_more_percent"),
    (PLACEMENTS, "children_count", "children_percent"),
    (CARE, "children_count", "rate_per_10000"),
])  # fmt: skip
def test_a_hidden_count_hides_its_percentage(name, count, percent, tables):
    hidden = [row for row in local(tables[name]) if row[count] == "c"]
    assert hidden and all(row[percent] == "c" for row in hidden)


@pytest.mark.parametrize(("name", "column"), [(B1, "At31_episodes"), (C1, "referral_count"), (D3, "CPP_start")])
def test_regions_and_the_total_are_rounded_sums(name, column, tables):
    checked = 0
    for year in range(2013, 2026):
        rows = [row for row in tables[name] if row["time_period"] == str(year)]
        for above in (row for row in rows if row["geographic_level"] != "Local authority"):
            within = [
                row[column]
                for row in local(rows)
                if row["region_name"] == above["region_name"] or not above["region_name"]
            ]
            assert int(above[column]) % 10 == 0
            if all(text.isdigit() for text in within):
                checked += 1
                assert abs(sum(map(int, within)) - int(above[column])) <= 5
    assert checked > 100


def test_percentages_follow_from_the_counts(tables):
    rows = [row for row in local(tables[C1]) if row["rereferral_count"].isdigit()]
    assert len(rows) > 1900
    for row in rows:
        exact = 100 * int(row["rereferral_count"]) / int(row["referral_count"])
        assert abs(exact - float(row["rereferral_percent"])) < 0.0501
        assert not row["rereferral_percent"].endswith(".0")


def test_parts_are_no_larger_than_wholes(tables):
    pairs = {
        B1: [("Anypoint_child", "Anypoint_episodes"), ("Started_child", "Started_episodes"),
             ("Ended_child", "Ended_episodes"), ("Started_child", "Anypoint_child"), ("Ended_child", "Anypoint_child"),
             ("awaiting_assessment", "At31_episodes")],
        C1: [("rereferral_count", "referral_count"), ("referral_child_count", "referral_count"),
             ("rereferral_child_count", "rereferral_count"), ("rereferral_child_count", "referral_child_count")],
        D3: [("CPP_subsequent", "CPP_start")],
        WORKFORCE: [(f"{name}_fte", f"{name}_headcount") for name in ("inpost", "starters", "leavers")]
                   + [("agency_cover_fte", "agency_fte"), ("agency_cover_fte", "vacancy_fte")],
    }  # fmt: skip
    for name, columns in pairs.items():
        for part, whole in columns:
            small, large = grid(tables[name], part), grid(tables[name], whole)
            both = ~np.isnan(small + large)
            assert both.mean() > 0.95 and (small[both] <= large[both]).all(), (part, whole)
    episodes = [grid(tables[B1], column) for column in ("Ended_episodes", "At31_episodes", "Anypoint_episodes")]
    assert np.nanmax(np.abs(episodes[0] + episodes[1] - episodes[2])) == 0


def test_every_symbol_is_met(tables):
    cells = {name: Counter(value for row in local(rows) for value in row.values()) for name, rows in tables.items()}
    assert cells[B1]["x"] >= 8 and cells[C1]["u"] and cells[PLACEMENTS]["z"] and cells[CARE]["x"]
    assert cells[WORKFORCE]["z"] and cells[WORKFORCE]["low"] and cells[WORKFORCE]["u"]
    blank_rows = [row for row in local(tables[B1]) if {row[c] for c in COUNTS_OF_CHILDREN[B1]} == {"x"}]
    assert [row["time_period"] for row in blank_rows] == ["2021", "2014"]


# Levels and spreads


def per_10k(tables: dict[str, Rows], name: str, column: str) -> np.ndarray:
    return grid(tables[name], column) / grid(tables[POPULATION], "population_estimate") * 10_000


def figures(tables: dict[str, Rows], indicator: str) -> np.ndarray:
    """An indicator worked out from the written files, authorities x years."""
    rates = {
        "cin_rate": (B1, "At31_episodes"),
        "cin_year_rate": (B1, "Anypoint_child"),
        "cin_started_rate": (B1, "Started_episodes"),
        "cin_ended_rate": (B1, "Ended_episodes"),
        "referral_rate": (C1, "referral_count"),
        "cpp_rate": (D5, "CPP_At31"),
        "cpp_started_rate": (D3, "CPP_start"),
    }
    percents = {"rereferral_pct": (C1, "rereferral_percent"), "referral_nfa_pct": (C1, "no_further_action_percent"),
                "referral_not_in_need_pct": (C1, "not_in_need_percent"),
                "cpp_repeat_pct": (D3, "CPP_subsequent_percent"),
                "sw_turnover_pct": (WORKFORCE, "turnover_rate_fte"), "sw_agency_pct": (WORKFORCE, "agency_rate_fte"),
                "sw_vacancy_pct": (WORKFORCE, "vacancy_rate_fte"), "sw_absence_pct": (WORKFORCE, "absence_rate_fte"),
                "sw_caseload": (WORKFORCE, "caseload_fte")}  # fmt: skip
    care = {"cla_rate": "on 31 March", "cla_started_rate": "starting", "cla_ceased_rate": "ceasing"}
    if indicator in rates:
        return per_10k(tables, *rates[indicator])
    if indicator in care:
        return grid([row for row in tables[CARE] if care[indicator] in row["population_type"]], "rate_per_10000")
    name, column = percents[indicator]
    return grid(tables[name], column)


CARRIED = [
    "cin_rate", "cin_year_rate", "cin_started_rate", "cin_ended_rate", "referral_rate", "rereferral_pct",
    "referral_nfa_pct", "referral_not_in_need_pct", "cpp_started_rate", "cpp_repeat_pct", "cpp_rate",
    "sw_turnover_pct", "sw_agency_pct", "sw_vacancy_pct", "sw_absence_pct", "sw_caseload", "cla_rate",
    "cla_started_rate", "cla_ceased_rate",
]  # fmt: skip


@pytest.mark.parametrize("indicator", CARRIED)
def test_levels_and_spreads_are_the_calibration_s(indicator, tables):
    calibration = {row["indicator"]: row for row in read(REFERENCE / "calibration.csv")}[indicator]
    year_means = np.array(calibration["mean_by_year"].split(), float)
    found = figures(tables, indicator)[:, -len(year_means) :]
    assert np.median(np.nanmean(found, axis=0) / year_means) == pytest.approx(1, abs=0.03)
    complete = found[~np.isnan(found).any(axis=1)]
    assert len(complete) > 130
    residuals = complete - complete.mean(axis=1, keepdims=True)
    residuals -= residuals.mean(axis=0)
    assert complete.mean(axis=1).std() == pytest.approx(float(calibration["sd_between"]), rel=0.3)
    assert residuals.std() == pytest.approx(float(calibration["sd_within"]), rel=0.3)


def test_small_authorities_vary_more(teaching, tables):
    residuals = np.log(per_10k(tables, D5, "CPP_At31"))
    residuals -= np.nanmean(residuals, axis=1, keepdims=True)
    order = teaching.places.size.argsort()
    assert np.nanstd(residuals[order[:30]]) > 1.15 * np.nanstd(residuals[order[-30:]])


def test_population_has_the_real_spread(tables):
    children = grid(tables[POPULATION], "population_estimate")
    assert children.min() == 8_000 and 250_000 < children.max() <= 320_000
    assert 55_000 < np.median(children) < 67_000
    assert np.abs(np.diff(children) / children[:, 1:]).max() < 0.05  # it drifts, it does not jump


def test_covid_year_dips(tables):
    referrals = np.nanmean(figures(tables, "referral_rate"), axis=0)
    assert referrals[2021 - 2013] < 0.95 * min(referrals[2020 - 2013], referrals[2022 - 2013])


# Planted truths


@pytest.mark.parametrize(
    ("low", "high", "s", "g"),
    [  # the examples of the exact definitions
        (date(2014, 10, 1), date(2014, 10, 1), 2015, 2016),
        (date(2017, 9, 29), date(2017, 9, 29), 2018, 2019),
        (date(2017, 1, 1), date(2017, 12, 31), 2017, 2019),
        (date(2021, 4, 1), date(2021, 4, 1), 2022, 2022),
    ],
)
def test_first_touched_and_first_exposed_year(low, high, s, g):
    start = Start("", low, high, "day")
    assert (start.first_touched, start.first_exposed) == (s, g)


@pytest.mark.parametrize("style", START_STYLES)
def test_every_way_of_publishing_a_start_gives_its_cohort(style):
    assert style(2018).first_exposed == 2018


@pytest.mark.parametrize(
    ("shape", "effect", "s", "expected"),
    [
        pytest.param("constant", -0.10, 2018, [0, 0, -0.10, -0.10, -0.10, -0.10, -0.10], id="from g on"),
        pytest.param("constant", -0.10, 2016, [-0.05, -0.05, -0.10, -0.10, -0.10, -0.10, -0.10], id="half from s"),
        pytest.param("grows over four years", -0.20, 2017, [0, -0.025, -0.05, -0.10, -0.15, -0.20, -0.20], id="grows"),
        pytest.param("none", 0.0, 2016, [0] * 7, id="nothing"),
    ],
)
def test_effect_by_year(shape, effect, s, expected):
    path = effect_path(Truth("M", ("cpp_rate",), "adopters", effect, shape, ""), Use(0, "M", "adopters", s, 2018))
    assert path[YEARS < 2016].tolist() == [0] * 3
    assert path[(YEARS >= 2016) & (YEARS <= 2022)] == pytest.approx(expected)
    assert path[-1] == pytest.approx(effect)


@pytest.mark.parametrize("indicator", ["cpp_rate", "cpp_started_rate", "cin_year_rate", "cin_rate", "rereferral_pct"])
def test_latent_means_move_by_the_planted_effects(indicator, teaching):
    change = teaching.series.mean(indicator) / teaching.series.mean_without_models(indicator) - 1
    expected = np.zeros(150)
    for truth in TRUTHS:
        if indicator in truth.indicators:
            for use in planted(truth, teaching.uses):
                expected[use.authority] += truth.effect
    assert change[:, -1] == pytest.approx(expected) and expected.min() < -0.05
    assert np.abs(change[:, :2]).max() < 1e-12  # nobody starts before the year ending March 2015


@pytest.mark.parametrize("indicator", ["referral_rate", "sw_agency_pct", "cla_ceased_rate", "cpp_2y_pct"])
def test_nothing_else_moves(indicator, teaching):
    assert np.array_equal(teaching.series.mean(indicator), teaching.series.mean_without_models(indicator))


@pytest.mark.parametrize(
    ("model", "group", "indicator", "expected"),
    [
        ("MODEL_C", "adopters", "cin_year_rate", -0.18),  # of 20%, the first years being lower
        ("MODEL_F", "small adopters", "rereferral_pct", -0.25),
        ("MODEL_F", "large adopters", "rereferral_pct", 0.0),
    ],
)
def test_truths_are_in_the_written_files(model, group, indicator, expected, teaching, tables):
    series = teaching.series
    # The same authority and year, with the same noise, had there been no model: what is left is the effect and rounding.
    without = series.value(indicator) * series.mean_without_models(indicator) / series.mean(indicator)
    ratio = figures(tables, indicator) / without
    uses = [use for use in teaching.uses if (use.model, use.group) == (model, group)]
    after = np.concatenate([ratio[use.authority, use.first_exposed <= YEARS] for use in uses])
    before = np.concatenate([ratio[use.authority, use.first_touched > YEARS] for use in uses])
    assert np.nanmean(after) - 1 == pytest.approx(expected, abs=0.05)
    assert np.nanmean(before) - 1 == pytest.approx(0, abs=0.03)


def test_children_in_need_at_any_point_follow_model_c(teaching):
    series, ended = teaching.series, "cin_ended_rate"
    whole = series.children_per_episode * (series.mean("cin_rate") + series.mean(ended))
    assert series.mean("cin_year_rate") == pytest.approx(whole)


def groups(teaching: TeachingSet) -> Counter:
    return Counter((use.model[-1], use.group) for use in teaching.uses)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_who_uses_what(seed):
    teaching = drawn(seed)
    assert groups(teaching) == {
        ("A", "adopters"): 15, ("B", "adopters"): 9, ("C", "adopters"): 12, ("D", "adopters"): 1,
        ("E", "adopters"): 8, ("E", "alongside"): 45, ("E", "unrecorded"): 20,
        ("F", "small adopters"): 6, ("F", "large adopters"): 6,
    }  # fmt: skip
    cohorts = {
        m: Counter(u.first_exposed for u in teaching.uses if u.model == m and u.start) for m in ("MODEL_A", "MODEL_C")
    }
    assert cohorts["MODEL_A"] == {2017: 5, 2018: 5, 2019: 5} and sorted(cohorts["MODEL_C"]) == list(range(2016, 2021))
    primary = [use.authority for use in teaching.uses if use.start]
    assert len(primary) == len(set(primary)) == 57
    recorded = {use.authority for use in teaching.uses if use.recorded}
    unrecorded = {use.authority for use in teaching.uses if not use.recorded}
    assert not recorded & unrecorded and 150 - len(recorded) >= 50
    size = {g: [teaching.places.size[u.authority] for u in teaching.uses if u.group == g] for _, g in groups(teaching)}
    assert max(size["small adopters"]) < np.median(teaching.places.size) < min(size["large adopters"])


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_model_b_follows_a_bad_year(seed, tmp_path):
    write(tmp_path, seed=seed)
    written = {name: read(tmp_path / name) for name in (B1, D5, POPULATION)}
    adopters = [use for use in drawn(seed).uses if use.model == "MODEL_B"]
    before = [use.first_touched - 1 - 2013 for use in adopters]
    for indicator in ("cpp_rate", "cin_rate"):
        found = figures(written, indicator)
        found = found / np.nanmean(found, axis=0)
        score = (found - np.nanmean(found, axis=1, keepdims=True)) / np.nanstd(found, axis=1, keepdims=True)
        bad = score[[use.authority for use in adopters], before]
        assert bad.min() > 0.5 and bad.mean() > 1.5  # of anyone's years the mean is 0


def test_the_register_says_what_was_planted(folder, teaching):
    places = teaching.places
    for letter in "abcdef":
        facts = tomllib.loads((folder / "practice_models" / f"illustrative_model_{letter}.toml").read_text("utf-8"))
        uses = {places.codes[u.authority]: u for u in teaching.uses if u.model == facts["model"] and u.recorded}
        rows = {row["area_code"]: row for row in facts["adoption"]}
        assert (
            facts["model"] == f"MODEL_{letter.upper()}" and facts["illustrative"] is True and rows.keys() == uses.keys()
        )
        assert facts.get("said_to_use_share") == (0.6 if letter == "e" else None)
        for code, row in rows.items():
            assert places.names[places.codes.index(code)] == row["authority"]
            assert row["can_treat"] == (row["role"] == "primary") == ("start_low" in row) == (row["start"] != "")
            if row["can_treat"]:
                start = Start(row["start"], row["start_low"], row["start_high"], row["precision"])
                assert start == uses[code].start and row["start_low"].isoformat().startswith(row["start"])
            else:
                assert (row["precision"], row["role"]) == ("unknown", "alongside")
    precisions = {use.start.precision for use in teaching.uses if use.start}
    assert precisions == {"day", "month", "year"}


def test_truths_file_lists_every_truth(folder, teaching):
    rows = read(folder / "illustrative_truths.csv")
    assert list(rows[0]) == ["model", "indicator", "first_exposed_year", "effect", "shape", "authorities", "note"]
    assert {(r["model"], r["indicator"], float(r["effect"])) for r in rows} == {
        (truth.model, indicator, truth.effect) for truth in TRUTHS for indicator in truth.indicators
    }
    listed_d = [r for r in rows if r["model"] == "MODEL_D"]
    only = next(use for use in teaching.uses if use.model == "MODEL_D")
    assert {(r["authorities"], r["first_exposed_year"]) for r in listed_d} == {
        (teaching.places.codes[only.authority], "2018")
    }
    alongside = next(r for r in rows if r["note"].startswith("alongside"))
    assert len(alongside["authorities"].split()) == 45
