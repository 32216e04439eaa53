"""Real published figures, read in place: the panel and the effect equal a second reading of the CSVs in a few lines of pandas."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as smf

from analytics.__main__ import main
from analytics.analysis import analyse
from analytics.spec import Specification
from analytics.warehouse import Warehouse
from data.build import build

EIP1 = {
    "outcomes": ["cpp_rate", "cpp_repeat_pct"],
    "treatment": {"programme": "EIP1"},
    "window": {"first": 2013, "last": 2019},
    "inference": {"draws": 999},
}


@pytest.fixture(scope="module")
def warehouse(extracts, tmp_path_factory) -> Warehouse:
    return Warehouse(build([extracts / "ees"], tmp_path_factory.mktemp("published")).file)


@pytest.fixture(scope="module")
def analysis(warehouse):
    return analyse(Specification.from_dict(EIP1), warehouse)


@pytest.fixture(scope="module")
def second_reading(extracts) -> pd.DataFrame:
    """Plan rate at 31 March by three-digit code and year, straight from two CSVs."""

    def read(name: str) -> pd.DataFrame:
        frame = pd.read_csv(extracts / "ees" / name, encoding="utf-8-sig", dtype=str)
        return frame[frame.geographic_level == "Local authority"]

    plans = read("d5_cpps_at31march_by_duration_2013_to_2025.csv")
    children = read("ons_mid-year_population_estimates_2012_to_2024.csv")
    plans = plans.assign(year=plans.time_period.astype(int), plans=pd.to_numeric(plans.CPP_At31, errors="coerce"))
    children = children.assign(
        year=children.time_period.astype(int) + 1, children=pd.to_numeric(children.population_estimate, errors="coerce")
    )
    both = plans.merge(children[["old_la_code", "year", "children"]], on=["old_la_code", "year"], how="left")
    return both.assign(rate=10_000 * both.plans / both.children)[["old_la_code", "year", "rate"]]


def test_first_programme_adopters(analysis):
    treated = analysis.study.treated
    assert treated.name.tolist() == [
        "Bristol, City of",
        "Wokingham",
        "Wakefield",
        "Brent",
        "Tower Hamlets",
        "Leicestershire",
        "Lincolnshire",
        "Norfolk",
        "Suffolk",
        "West Sussex",
    ]
    assert set(treated.s) == {2015} and set(treated.g) == {2016}


def test_no_comparator_is_recorded_and_everyone_is_somewhere_once(analysis, warehouse):
    register = warehouse.ask("adoptions")
    users = set(register.area_code[register.model.isin(["SOS", "BPF", "BPP", "CSCNEL", "FOP", "FSS"])])
    study = analysis.study
    assert not users & set(study.comparators.area_code)
    everyone = [*study.treated.area_code, *study.comparators.area_code, *study.left_out.area_code]
    assert len(everyone) == len(set(everyone)) and set(study.panel.areas) <= set(everyone)


def test_effect_equals_a_second_reading_and_a_textbook_regression(analysis, second_reading, warehouse):
    result, study = analysis.results[0], analysis.study
    old = dict(warehouse.ask("all_areas")[["area_code", "old_code"]].itertuples(index=False))
    gone = set(result.left_out.area_code)
    treated = {
        old[c]: (s, g) for c, s, g in study.treated[["area_code", "s", "g"]].itertuples(index=False) if c not in gone
    }
    kept = set(treated) | {old[c] for c in study.comparators.area_code if c not in gone}
    cells = second_reading[second_reading.old_la_code.isin(kept) & second_reading.year.between(2013, 2019)].dropna()
    cut = {old[c]: y for c, y in study.cut_short.items()}
    cells = cells[[y < cut.get(c, 9999) for c, y in zip(cells.old_la_code, cells.year, strict=True)]]
    s = cells.old_la_code.map(lambda c: treated.get(c, (9999, 9999))[0])
    g = cells.old_la_code.map(lambda c: treated.get(c, (9999, 9999))[1])
    fit = smf.ols("rate ~ C(old_la_code) + C(year)", cells[cells.year < s]).fit()
    exposed = cells[cells.year >= g]
    gap = (exposed.rate - fit.predict(exposed)).mean()
    assert len(treated) == 10 and len(kept) == result.effect.n_treated + result.effect.n_comparators
    # Least squares on 150 dummies: agreement to 1e-9 of a rate near 40.
    assert result.effect.estimate == pytest.approx(gap, abs=1e-8)


def test_panel_follows_recoded_authorities_and_rebuilds_split_ones(warehouse):
    spec = Specification.from_dict({"outcomes": ["cin_year_rate"], "treatment": {"programme": "EIP1"}})
    found = analyse(spec, warehouse).study.panel
    for code in ("E06000060", "E06000065", "E06000066"):
        assert np.isfinite(found.values[0, found.position[code]]).all(), code
    whole = found.values[0, found.position["E06000061+E06000062"]]
    assert np.isfinite(whole).all()
    # 2025: (4,230 + the west's children) over both mid-2024 estimates lies between the two halves' own rates.
    cells = (
        warehouse.ask("panel_cells", indicators=["cin_year_rate"], first=2025, last=2025).set_index("area_code").value
    )
    low, high = sorted([cells["E06000061"], cells["E06000062"]])
    assert low < whole[-1] < high
    assert not any("E06000058" in code for code in found.areas)  # no estimates for old Dorset: it leaves, listed
    assert "E06000058" in set(found.left_out.area_code)


@pytest.mark.parametrize("model", ["SOS", "FSM", "NWD", "FV", "RSW", "TAR", "CONN", "HA"])
@pytest.mark.parametrize("estimator", ["imputation", "two_by_two", "two_way"])
def test_any_model_gives_a_verdict_in_words(model, estimator, warehouse):
    spec = {
        "outcomes": ["cpp_rate", "rereferral_pct"],
        "treatment": {"model": model},
        "estimator": {"name": estimator},
        "inference": {"draws": 199},
    }
    for result in analyse(Specification.from_dict(spec), warehouse).results:
        assert result.verdict.word in {"evidence", "no_clear_change", "cannot_tell"}
        for sentence in [result.verdict.sentence, result.power_sentence, *(c.sentence for c in result.checks)]:
            assert not re.search(r"\bnan\b|\binf\b|because of", sentence, re.IGNORECASE), sentence


def test_the_readmes_protocol_can_be_followed_as_written(warehouse, tmp_path, monkeypatch, capsys):
    readme = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    section = readme.partition("### Written down beforehand")[2].partition("\n### ")[0]
    plan, commands = re.findall(r"```(?:toml)?\n(.*?)```", section, flags=re.S)[:2]
    monkeypatch.chdir(tmp_path)
    Path("plan.toml").write_text(plan, encoding="utf-8")
    Path("w.duckdb").write_bytes(warehouse.file.read_bytes())
    for line in commands.splitlines():
        words = shlex.split(line.replace("~/warehouse", "w.duckdb"))
        assert words[:3] == ["python", "-m", "analytics"]
        assert main(words[3:]) == 0, capsys.readouterr().err
    assert "matches" in capsys.readouterr().out
    assert "pre-specified" in Path("results/effects.csv").read_text(encoding="utf-8")
