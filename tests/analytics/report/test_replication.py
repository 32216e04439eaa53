"""A stranger with the bundle, and numpy and pandas or base R alone, works out the same numbers; a changed figure is found."""

import io
import re
import shutil
import socket
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analytics.__main__ import main
from analytics.analysis import analyse, survey
from analytics.errors import PracticeError
from analytics.protocol import PRE_SPECIFIED, UNREGISTERED, Standing, protocol_of
from analytics.report.citation import version
from analytics.report.replication import bundle_name, replication_files, replication_zip
from analytics.report.run_files import run_files
from analytics.spec import Specification
from analytics.warehouse import Warehouse, open_warehouse
from data.__main__ import main as data_main
from tests.analytics.small_warehouse import SmallWarehouse

YEARS = range(2013, 2021)
ADOPTERS = {"T03": "2015-10-01", "T08": "2017-04-01", "T11": "2017-04-01", "T15": "2016-06-01"}
SPEC = """
title = "Four adopters of M"
outcomes = ["cpp_rate"]
[treatment]
model = "M"
[window]
first = 2013
last = 2020
[inference]
draws = 99
"""
RSCRIPT = shutil.which("Rscript")
needs_r = pytest.mark.skipif(RSCRIPT is None, reason="Rscript is not installed: it runs the bundle's R script")


def build(file: Path, *, kind: str = "published") -> SmallWarehouse:
    """Twenty-one invented authorities in three regions with neighbours, four adopters in three cohorts, a few figures missing."""
    made = SmallWarehouse(file)
    made.connection.execute("update meta set value = ? where key = 'kind'", [kind])
    made.indicator()
    made.indicator("cpp_repeat_pct", unit="%", polarity="lower")
    made.indicator("children_0_17", unit="children")
    made.model("M")
    made.put(
        "extract", extract="test", source="children_in_need", file="C:\\Users\\someone\\b1.csv", sha256="ab" * 32, bytes=1,
        released="autumn 2025", newest_year=2020, rows_read=1, cells_read=1, cells_kept=1, cells_out_of_scope=0,
        cells_rejected=0, cells_superseded=0, figures_outranked=0,
    )  # fmt: skip
    rng = np.random.default_rng(29)
    for place in range(21):
        code = f"T{place:02d}"
        made.area(code, region=("North", "South", "=West")[place % 3])
        made.children(code, float(rng.integers(8_000, 300_000)))
        for name in ("cpp_rate", "cpp_repeat_pct"):
            path = 40 + rng.normal(0, 6) + rng.normal(0, 2, len(YEARS)).cumsum()
            years = [y for y in YEARS if (name, place) != ("cpp_repeat_pct", 19) or y < 2016]  # T19 leaves this outcome
            figures = {y: path[y - 2013] - 5.0 * (place in (3, 8) and y >= 2017) for y in years}
            made.figures(
                code, figures | {2014 + place % 5: "suppressed"} if place % 4 == 1 else figures, indicator=name
            )
        for rank in range(1, 9):
            near = f"T{(place + 2 * rank) % 21:02d}"
            made.put("neighbour", model="2021", area_code=code, neighbour_code=near, rank=rank, closeness="very close")
    made.connection.execute("update area set name = '=1+1' where area_code = 'T04'")
    for code, start in ADOPTERS.items():
        made.adoption(code, "M", start)
    return made


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory) -> Warehouse:
    return build(tmp_path_factory.mktemp("replication") / "small.duckdb").ready()


def analysed(warehouse: Warehouse, text: str = ""):
    """Analysis of SPEC with some of its tables replaced by those given."""
    given = SPEC
    # A table named again takes the place of the one in SPEC.
    for table in re.findall(r"^\[(\w+)\]", text, re.M):
        given = re.sub(rf"^\[{table}\]\n(?:[^\[]*)", "", given, flags=re.M)
    outcomes = re.search(r"^outcomes.*$", text, re.M)
    if outcomes:
        given = re.sub(r"^outcomes.*$", outcomes[0], given, flags=re.M)
        text = text.replace(outcomes[0], "")
    return analyse(Specification.from_toml(given + text), warehouse)


def unpacked(analysis, warehouse: Warehouse, place: Path) -> Path:
    """The bundle's folder, unzipped."""
    with zipfile.ZipFile(io.BytesIO(replication_zip(analysis, warehouse))) as archive:
        archive.extractall(place)
    return place / bundle_name(analysis)


def replicated(folder: Path, script: str) -> subprocess.CompletedProcess:
    """The script run in its folder with nothing of this project within reach."""
    command = [sys.executable, "-I", "replicate.py"] if script == "replicate.py" else [RSCRIPT, "--vanilla", script]
    return subprocess.run(
        command, cwd=folder, capture_output=True, text=True, env={"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"}
    )


def assert_agrees(folder: Path, script: str, most: float) -> None:
    found = replicated(folder, script)
    said = re.search(r"(\d+) figures compared; largest difference ([\d.e+-]+)\.", found.stdout)
    assert found.returncode == 0, found.stdout + found.stderr
    assert int(said[1]) > 10 and float(said[2]) <= most


NEIGHBOURS = '[comparators]\npool = "statistical_neighbours"\n'
CASES = {
    "imputation": "",
    "donut, children": '[estimator]\nbase = "donut"\nweights = "children"\n',
    "base of one year": "[estimator]\nbase = 2\n",
    "authorities alike, years by region": '[estimator]\naverage = "authorities"\nyear_effects = "region"\n',
    "two by two": '[estimator]\nname = "two_by_two"\n',
    "two by two by region": '[estimator]\nname = "two_by_two"\nyear_effects = "region"\n',
    "two-way": '[estimator]\nname = "two_way"\n',
    "two-way by region, children": '[estimator]\nname = "two_way"\nyear_effects = "region"\nweights = "children"\n',
    "Callaway and Sant'Anna": '[estimator]\nname = "callaway_santanna"\n',
    "and not yet treated, children": '[estimator]\nname = "callaway_santanna"\ncomparison = "not_yet"\nweights = "children"\n',
    "event study": '[estimator]\nname = "event_study"\n',
    "Sun and Abraham, children": '[estimator]\nname = "sun_abraham"\nweights = "children"\n',
    "synthetic control": '[estimator]\nname = "synthetic_control"\n',
    "synthetic difference in differences": '[estimator]\nname = "synthetic_did"\n',
    "neighbours": NEIGHBOURS,
    "neighbours, two-way": NEIGHBOURS + '[estimator]\nname = "two_way"\n',
    "neighbours, Sun and Abraham": NEIGHBOURS + '[estimator]\nname = "sun_abraham"\n',
    "neighbours, synthetic control": NEIGHBOURS + '[estimator]\nname = "synthetic_control"\n',
    "neighbours, synthetic DiD": NEIGHBOURS + '[estimator]\nname = "synthetic_did"\n',
    "matched": '[comparators]\npool = "matched"\nmatches = 4\n',
    "whole pool": '[inference]\nname = "permutation"\ndraws = 99\n',
    "CR2, two-way": '[estimator]\nname = "two_way"\n[inference]\nname = "cr2"\ndraws = 99\n',
    "CR2, two by two": '[estimator]\nname = "two_by_two"\nweights = "children"\n[inference]\nname = "cr2"\ndraws = 99\n',
    "CR3, event study": '[estimator]\nname = "event_study"\n[inference]\nname = "cr3"\ndraws = 99\n',
    "another test": '[estimator]\nname = "two_way"\n[inference]\nname = "wild"\ndraws = 99\n',
    "later years alone": '[treatment]\nmodel = "M"\nlag_first = 1\nlag_last = 2\n',
    "every placebo there is": '[treatment]\nmodel = "M"\nauthorities = ["T08", "T11"]\n',
    "max-t on a common pool": 'outcomes = ["cpp_rate", "cpp_repeat_pct"]\n',
    "max-t, matched each with its own": 'outcomes = ["cpp_rate", "cpp_repeat_pct"]\n[comparators]\npool = "matched"\n',
    "max-t, synthetic control": 'outcomes = ["cpp_rate", "cpp_repeat_pct"]\n[estimator]\nname = "synthetic_control"\n',
    "Holm": 'outcomes = ["cpp_rate", "cpp_repeat_pct"]\n[inference]\nfamily = "holm"\ndraws = 99\n',
    "false discovery rate": 'outcomes = ["cpp_rate", "cpp_repeat_pct"]\n[inference]\nfamily = "bh"\ndraws = 99\n',
}  # fmt: skip


@pytest.fixture(scope="module", params=CASES)
def folder(request, warehouse, tmp_path_factory) -> Path:
    """Bundle of one case, unzipped."""
    return unpacked(analysed(warehouse, CASES[request.param]), warehouse, tmp_path_factory.mktemp("bundle"))


def test_python_works_out_the_same_figures(folder):
    assert_agrees(folder, "replicate.py", 1e-4 if "synthetic" in (folder / "spec.toml").read_text() else 1e-8)


@needs_r
def test_r_works_out_the_same_figures(folder):
    assert_agrees(folder, "replicate.R", 1e-6)


@pytest.fixture(scope="module")
def plain(warehouse, tmp_path_factory) -> Path:
    return unpacked(analysed(warehouse), warehouse, tmp_path_factory.mktemp("plain"))


def change(folder: Path, name: str, column: str, row, to) -> None:
    """One cell of one file replaced."""
    frame = pd.read_csv(folder / name, dtype=str, keep_default_na=False)
    assert row(frame).sum() >= 1 and (frame.loc[row(frame), column] != to).all(), "else this would prove nothing"
    frame.loc[row(frame), column] = to
    frame.to_csv(folder / name, index=False)


TAMPERED = {
    "one figure": ("panel.csv", "value", lambda f: (f.area_code == "T06") & (f.year == "2016"), "47.3"),
    "one date": ("panel.csv", "g", lambda f: f.area_code == "T03", "2016"),
    "the estimate": ("effects.csv", "estimate", lambda f: f.index == 0, "-9.5"),
    "p": ("effects.csv", "p_value", lambda f: f.index == 0, "0.001"),
    "one gap": ("event_study.csv", "estimate", lambda f: f.index == 2, "1.25"),
}


@pytest.mark.parametrize("what", TAMPERED)
@pytest.mark.parametrize("script", ["replicate.py", pytest.param("replicate.R", marks=needs_r)])
def test_a_change_of_one_figure_is_found(plain, tmp_path, what, script):
    shutil.copytree(plain, tmp_path / "copy")
    change(tmp_path / "copy", *TAMPERED[what])
    found = replicated(tmp_path / "copy", script)
    assert found.returncode == 1 and "DIFFERS" in found.stdout, found.stdout + found.stderr


@pytest.mark.parametrize("what", ["weight", "placebo"])
def test_a_changed_weight_or_placebo_of_a_synthetic_estimate_is_found(warehouse, tmp_path, what):
    folder = unpacked(analysed(warehouse, CASES["synthetic control"]), warehouse, tmp_path)
    if what == "weight":
        change(folder, "weights.csv", "weight", lambda f: f.index == 0, "0.9")
    else:
        change(folder, "placebo_estimates.csv", "estimate", lambda f: f.assignment == "5", "3.5")
    assert replicated(folder, "replicate.py").returncode == 1


def test_the_bytes_are_the_same_twice_and_the_files_lie_in_one_folder(warehouse):
    one, two = (replication_zip(analysed(warehouse), warehouse) for _ in range(2))
    assert one == two
    with zipfile.ZipFile(io.BytesIO(one)) as archive:
        assert {Path(name).parent.name for name in archive.namelist()} == {bundle_name(analysed(warehouse))}
        assert archive.testzip() is None


def test_the_run_files_are_in_it_as_they_are(warehouse):
    found = analysed(warehouse)
    files = replication_files(found, warehouse)
    assert run_files(found).items() <= files.items()


def test_no_path_or_name_of_a_machine_is_in_it(warehouse, tmp_path):
    for name, text in replication_files(analysed(warehouse, NEIGHBOURS), warehouse).items():
        for secret in (
            str(Path.home()),
            str(Path(__file__).parents[3]),
            str(warehouse.file.parent),
            "Users",
            "someone",
        ):
            assert secret not in text, (name, secret)
        assert not re.search(rf"\b{re.escape(socket.gethostname())}\b", text), name


def test_text_that_a_spreadsheet_would_run_is_disarmed_in_every_table(warehouse):
    files = replication_files(analysed(warehouse, NEIGHBOURS), warehouse)
    assert (
        "'=1+1" in files["authorities.csv"] and "'=West" in files["authorities.csv"] and "'=1+1" in files["panel.csv"]
    )
    for name in (n for n in files if n.endswith(".csv")):
        cells = pd.read_csv(io.StringIO(files[name]), dtype=str, keep_default_na=False).to_numpy().ravel()
        assert not [c for c in cells if c[:1] in "=@+\t\r" and c[:1]], name
        assert not [c for c in cells if c.startswith("-") and not re.fullmatch(r"-[\d.e+-]+", c)], name


@pytest.mark.parametrize("case", ["imputation", "neighbours", "synthetic control", "pre-specified"])
def test_the_readme_names_every_file_and_no_other(warehouse, case):
    found, standing = analysed(warehouse, CASES.get(case, "")), UNREGISTERED
    if case == "pre-specified":
        plan = protocol_of(found.specification, "cpp_rate", (), smallest_effects={"cpp_rate": 6.0})
        standing = Standing(PRE_SPECIFIED, "Saved first.", plan)
    files = replication_files(found, warehouse, standing)
    assert ("protocol.toml" in files) == (case == "pre-specified")
    named = set(re.findall(r"^\| (.*?) \|", files["README.md"], re.M)) - {"file", "---"}
    assert {name for row in named for name in re.findall(r"`([^`]+)`", row)} == set(files) - {"README.md"}
    assert "$" not in files["README.md"]


def test_each_column_is_explained(warehouse):
    files = replication_files(analysed(warehouse, CASES["neighbours, synthetic control"]), warehouse)
    for name in set(re.findall(r"^### (.*)$", files["README.md"], re.M)) | {"panel.csv", "weights.csv"}:
        about = files["README.md"].split(f"### {name}\n")[1].split("\n#")[0]
        columns = set(files[name].split("\n", 1)[0].split(",")) - {
            "outcome",
            "standing",
            "figures",
        }  # explained for all
        unsaid = {c for c in columns if f"`{c}`" not in about and not re.fullmatch(r"slot_\d+", c)}
        assert not unsaid, (name, unsaid)


def test_sources_are_cited_with_publisher_licence_and_checksum(warehouse):
    text = replication_files(analysed(warehouse), warehouse)["CITATION.txt"]
    for words in (
        "Department for Education",
        "Open Government Licence v3.0",
        "ab" * 32,
        "autumn 2025",
        "\n  b1.csv\n",
        version(),
    ):
        assert words in text, words
    assert "built 2026-01-01" in text and "Illustrative" not in text and "ILLUSTRATIVE" not in text


def test_an_illustrative_bundle_says_so_first(tmp_path):
    warehouse = build(tmp_path / "small.duckdb", kind="illustrative").ready()
    found = analysed(warehouse)
    files = replication_files(found, warehouse)
    assert bundle_name(found).startswith("illustrative-")
    assert files["README.md"].split("\n\n")[1].startswith("**Illustrative: every authority")
    assert files["CITATION.txt"].startswith("ILLUSTRATIVE")
    assert "Nobody published these figures." in files["CITATION.txt"] and "Licence" not in files["CITATION.txt"]
    for name in (n for n in files if n.endswith(".csv")):
        assert all(line.endswith(",illustrative") for line in files[name].splitlines()[1:]), name


def test_the_standing_is_in_every_table(warehouse):
    standing = Standing("exploratory", "Exploratory: words of this test.")
    files = replication_files(analysed(warehouse), warehouse, standing)
    assert standing.word != PRE_SPECIFIED and "words of this test" in files["report.md"]
    assert all("exploratory," in files[name].splitlines()[1] for name in files if name.endswith(".csv"))


def test_a_survey_made_with_fewer_placebos_is_refused(warehouse):
    whole = Specification.from_toml(SPEC.replace("draws = 99", "draws = 4999"))
    with pytest.raises(PracticeError, match="fewer placebos than its specification asks for"):
        replication_zip(survey(whole, warehouse).analysis, warehouse)


def test_another_edition_of_the_warehouse_is_refused(warehouse, tmp_path):
    other = build(tmp_path / "other.duckdb")
    other.connection.execute("update meta set value = '2027-01-01T00:00:00Z' where key = 'built'")
    with pytest.raises(PracticeError, match="Run it again first"):
        replication_zip(analysed(warehouse), other.ready())


def test_the_command_line_writes_the_zip(tmp_path, capsys):
    warehouse = build(tmp_path / "small.duckdb").ready()
    warehouse.close()
    (tmp_path / "spec.toml").write_text(SPEC, encoding="utf-8")
    file = tmp_path / "new" / "bundle.zip"
    assert main(["bundle", str(tmp_path / "spec.toml"), "--database", str(warehouse.file), "--out", str(file)]) == 0
    assert "replicate.py" in capsys.readouterr().out
    with zipfile.ZipFile(file) as archive:
        assert any(name.endswith("/replicate.R") for name in archive.namelist())
    assert main(["bundle", str(tmp_path / "spec.toml"), "--database", str(warehouse.file), "--out", str(tmp_path)]) == 2
    assert "Cannot write" in capsys.readouterr().err


def test_the_illustrative_set_replicates(tmp_path):
    assert data_main(["build", "--illustrative", "--to", str(tmp_path / "warehouse")]) == 0
    warehouse = open_warehouse(tmp_path / "warehouse")
    text = 'outcomes = ["cpp_rate"]\n[treatment]\nmodel = "MODEL_B"\n[comparators]\npool = "statistical_neighbours"\n'
    found = analyse(Specification.from_toml(text + "[inference]\ndraws = 499\n"), warehouse)
    folder = unpacked(found, warehouse, tmp_path)
    assert_agrees(folder, "replicate.py", 1e-8)
    if RSCRIPT:
        assert_agrees(folder, "replicate.R", 1e-6)


def test_the_scripts_need_nothing_of_the_project(plain):
    python, r = ((plain / name).read_text(encoding="utf-8") for name in ("replicate.py", "replicate.R"))
    imported = {line.split()[1].split(".")[0] for line in python.splitlines() if re.match(r"(import|from) ", line)}
    assert imported == {"argparse", "dataclasses", "functools", "math", "numpy", "pandas", "pathlib", "sys"}
    ran = r.split("not run here")[0]
    assert not re.search(r"\b(library|require|loadNamespace)\(|::", ran)
