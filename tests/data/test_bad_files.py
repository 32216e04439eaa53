"""Bad files through both commands: a sentence with the file and the line, nothing lost, and a warehouse that serves."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from analytics.warehouse import open_warehouse
from data.__main__ import main
from tests.data.small_lait import dictionary, measures, neighbours, outcomes
from tests.data.test_ofsted import encrypted_ods, encrypted_xlsx

SECTION_47 = ("Section_47", "2025", "Brent", "184.8")
BRENT = ["E09000005", "Brent", "2023-02-20", "2023-04-17", "ILACS Standard Inspection", "Good"]
RANKED = [f"SN_{n}" for n in range(1, 11)]


def near(*listed: tuple[int, str]) -> Callable[[Path], object]:
    """A list of Brent's neighbours."""
    return lambda folder: neighbours(folder, (304, "Brent", list(listed)), name="bad.csv")


def inspected(*, row: list[str] = BRENT, **how: object) -> Callable[[Path], object]:
    """Ofsted's workbook as OpenDocument."""
    return lambda folder: outcomes(folder, row, name="bad.ods", **how)


def content(name: str, body: bytes) -> Callable[[Path], object]:
    return lambda folder: (folder / name).write_bytes(body)


def wrong_dictionary(change: Callable[[str], str]) -> Callable[[Path], object]:
    """Measures, and a dictionary of them that is not as published."""

    def write(folder: Path) -> None:
        dictionary(measures(folder, SECTION_47), "Section_47", "LAC", name="bad.csv")
        (folder / "bad.csv").write_text(change((folder / "bad.csv").read_text(encoding="utf-8")), encoding="utf-8")

    return write


def damaged_measures(change: Callable[[bytes], bytes]) -> Callable[[Path], object]:
    def write(folder: Path) -> None:
        measures(dictionary(folder, "Section_47"), *[SECTION_47] * 40, name="bad.parquet")
        (folder / "bad.parquet").write_bytes(change((folder / "bad.parquet").read_bytes()))

    return write


def lists_for_years(folder: Path) -> None:
    nested = {
        "Short Desc": ["a"],
        "Years": [[2025]],
        "LA and Regions": ["Brent"],
        "Values": ["1"],
        "LA Number": [304.0],
    }
    pq.write_table(pa.table(nested), folder / "bad.parquet")


def without_closeness(folder: Path) -> None:
    columns = ["old_la_code", "la_name", "SN_1", "SN_1P", "SN_2", "SN_10", "SN_10P"]
    lines = [columns, ["304", "Brent", "307", "Close", "302", "320", "Close"]]
    (folder / "bad.csv").write_text("\n".join(map(",".join, lines)) + "\n", encoding="utf-8")


BAD = [
    pytest.param(
        lambda folder: measures(folder, SECTION_47, name="bad.parquet"),
        "bad.parquet holds the measures of the Local Authority Interactive Tool, but their dictionary",
        id="measures without their dictionary",
    ),
    pytest.param(
        wrong_dictionary(lambda text: text + text.splitlines()[1] + "\n"),
        "bad.csv, line 4: 'Section_47' is described twice under 'Children in Need'. Keep one of the rows.",
        id="a measure described twice",
    ),
    pytest.param(
        wrong_dictionary(lambda text: text[:-60]),
        "bad.csv, line 3: the file looks cut off here: ",
        id="a dictionary cut short",
    ),
    pytest.param(
        wrong_dictionary(lambda text: text.replace("Year_Type", "Year_Typ")),
        "dictionary of its measures' but has no column 'Year_Type' (nearest found: 'Year_Typ'). If the publisher "
        "renamed it, mend data/layouts/lait.py and `columns` in data/sources/lait/source.toml.",
        id="a dictionary with a column renamed",
    ),
    pytest.param(
        near((777, "Close"), (307, "Close")),
        "Rejected: line 2, SN_1, '777': neighbour number '777' is not in the register",
        id="an unknown neighbour",
    ),
    pytest.param(
        near((307, "Close"), (304, "Close")),
        "Rejected: line 2, SN_2, '304': Brent is named as its own neighbour",
        id="its own neighbour",
    ),
    pytest.param(
        lambda folder: neighbours(folder, name="bad.csv") and (folder / "bad.csv").open("a").write("304,Brent,3\n"),
        "Rejected: line 2: 3 fields where the heading has 24",
        id="a line of neighbours cut short",
    ),
    pytest.param(
        without_closeness,
        "bad.csv, line 1: no column SN_2P says how close the neighbours of column SN_2 are.",
        id="neighbours without closeness",
    ),
    pytest.param(
        inspected(lines_above=20),
        "bad.ods, sheet 'ILACS_inspection_history': the heading stands on line 21, not among the first 15.",
        id="a heading moved far down",
    ),
    pytest.param(
        inspected(Publication_date="Published"),
        "no heading with 'Publication date' among the first 15 lines. The nearest line is 3: Web link,",
        id="a heading renamed",
    ),
    pytest.param(
        inspected(Inspection_date="Day"),
        "line 4: Brent has no day under 'Inspection date' or 'Inspection/Visit date'.",
        id="the date's heading renamed",
    ),
    pytest.param(
        lambda folder: encrypted_xlsx(folder / "bad.xlsx"),
        "bad.xlsx is protected with a password. Open it, save it without one",
        id="a workbook with a password",
    ),
    pytest.param(
        lambda folder: encrypted_ods(folder / "bad.ods"),
        "bad.ods is protected with a password",
        id="an OpenDocument with a password",
    ),
    *(
        pytest.param(content(f"bad.{ending}", b""), f"bad.{ending} is empty. Fetch the file again", id=f"zero bytes {ending}")
        for ending in ("csv", "parquet", "xlsx", "ods")
    ),
    *(
        pytest.param(
            content(f"bad.{ending}", b"<!DOCTYPE html><html><body>Not found</body></html>"),
            f"bad.{ending} is a web page saved as a table, perhaps an error page.",
            id=f"a web page named {ending}",
        )
        for ending in ("xlsx", "parquet")
    ),
    pytest.param(
        damaged_measures(lambda body: body[: len(body) // 2]),
        "bad.parquet is a Parquet file that was cut short: its end is missing.",
        id="Parquet cut short",
    ),
    pytest.param(
        damaged_measures(lambda body: body[:4] + b"\xff" * 60 + body[64:]),
        "bad.parquet is a damaged Parquet file: its columns cannot be read.",
        id="Parquet damaged inside",
    ),
    pytest.param(lists_for_years, "bad.parquet, column Years: holds list<", id="Parquet of lists"),
]  # fmt: skip


@pytest.fixture
def serving(small: Path, tmp_path: Path) -> Path:
    """A folder with a warehouse that serves."""
    assert main(["build", "--from", str(small), "--to", str(tmp_path / "out")]) == 0
    return tmp_path / "out"


@pytest.mark.parametrize(("write", "says"), BAD)
def test_beside_good_files_a_bad_one_is_told_and_the_good_ones_are_built(
    small: Path, serving: Path, capsys: pytest.CaptureFixture[str], write: Callable[[Path], object], says: str
) -> None:
    write(small)
    capsys.readouterr()
    assert main(["build", "--from", str(small), "--to", str(serving)]) == 0
    assert says in capsys.readouterr().out
    warehouse = open_warehouse(serving)
    files = warehouse.ask("extracts")
    warehouse.close()
    accounted = files.cells_kept + files.cells_out_of_scope + files.cells_rejected
    assert accounted.tolist() == files.cells_read.tolist()
    assert files.set_index("file").cells_kept["b1.csv"] == 16
    assert main(["check", *map(str, small.glob("bad.*"))]) == 1
    assert says in capsys.readouterr().out


@pytest.mark.parametrize(("write", "says"), BAD)
def test_alone_it_leaves_the_warehouse_that_serves(
    serving: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], write: Callable[[Path], object], says: str
) -> None:
    (tmp_path / "bad").mkdir()
    write(tmp_path / "bad")
    capsys.readouterr()
    assert main(["build", "--from", str(tmp_path / "bad"), "--to", str(serving)]) == 2
    told = capsys.readouterr().err
    alone = "bad.csv (Statistical neighbours, one line an authority) holds no figures by itself."
    assert (alone if says.startswith("Rejected: ") else says) in told
    assert (serving / "CURRENT").read_text(encoding="utf-8") == "practice-1.duckdb\n"
    open_warehouse(serving).close()


@pytest.mark.parametrize(
    ("write", "kept"),
    [
        pytest.param(inspected(lines_above=3), 1, id="Ofsted's heading a line further down"),
        pytest.param(near((909, "Close"), (307, "Close")), 1, id="an abolished neighbour"),
    ],
)
def test_what_can_be_read_all_the_same_needs_no_mending(
    small: Path, serving: Path, capsys: pytest.CaptureFixture[str], write: Callable[[Path], object], kept: int
) -> None:
    write(small)
    assert main(["check", *map(str, small.glob("bad.*"))]) == 0
    assert main(["build", "--from", str(small), "--to", str(serving)]) == 0
    warehouse = open_warehouse(serving)
    files = warehouse.ask("extracts").set_index("file")
    warehouse.close()
    assert files.cells_kept[next(small.glob("bad.*")).name] == kept


def test_closeness_is_found_by_its_heading_wherever_it_stands(small: Path, serving: Path) -> None:
    heading = ["old_la_code", "la_name", *[f"{each}P" for each in RANKED], *RANKED]
    row = ["304", "Brent", "Close", "Very close", *[""] * 8, "307", "320", *[""] * 8]
    (small / "bad.csv").write_text(",".join(heading) + "\n" + ",".join(row) + "\n", encoding="utf-8")
    assert main(["build", "--from", str(small), "--to", str(serving)]) == 0
    warehouse = open_warehouse(serving)
    listed = warehouse.ask("neighbours", model="2021").set_index("neighbour_code").closeness
    warehouse.close()
    assert listed.to_dict() == {"E09000009": "close", "E09000031": "very close"}


def test_measures_saved_again_with_numbers_are_read(small: Path, serving: Path) -> None:
    row = {
        "Short Desc": ["Section_47"],
        "Years": [2025],
        "LA and Regions": ["Brent"],
        "Values": [184.8],
        "LA Number": [304],
    }
    pq.write_table(pa.table(row), small / "saved.parquet")
    dictionary(small, "Section_47")
    assert main(["build", "--from", str(small), "--to", str(serving)]) == 0
    warehouse = open_warehouse(serving)
    files = warehouse.ask("extracts").set_index("file")
    warehouse.close()
    assert files.cells_kept["saved.parquet"] == 1
