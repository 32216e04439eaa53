"""Where the figures of one analysis come from, and how to cite it."""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Iterable
from pathlib import Path, PurePosixPath, PureWindowsPath

import pandas as pd

from analytics.analysis import Analysis
from analytics.background import backgrounds
from analytics.catalogue import POPULATION_INDICATOR, Source, read_catalogue
from analytics.neighbours import OWN
from analytics.warehouse import Warehouse

PROJECT = "Practice Compared"
CODE = Path(__file__).parents[1]
DRAWN = "Illustrative: drawn at random in the layout of the publication named. Nobody published these figures."


@functools.cache
def version() -> str:
    """First twelve hexadecimal digits of the SHA-256 of the code of analytics/: equal versions give equal numbers."""
    found = hashlib.sha256()
    for file in sorted(CODE.rglob("*"), key=lambda file: file.relative_to(CODE).as_posix()):
        if file.suffix in (".py", ".sql", ".R"):
            text = file.read_bytes().replace(b"\r\n", b"\n")
            found.update(f"{file.relative_to(CODE).as_posix()} {len(text)}\n".encode() + text)
    return found.hexdigest()[:12]


def extracts_behind(analysis: Analysis, warehouse: Warehouse) -> pd.DataFrame:
    """source, file, sha256, released, newest_year of each published file that the figures came from."""
    specification = analysis.specification
    near = specification.comparators.pool == "statistical_neighbours"
    own = near and specification.comparators.neighbour_model == OWN
    weighed = specification.comparators.own_weights if own else {}
    background = [each.indicator for each in backgrounds().offered if weighed.get(each.key)]
    return warehouse.ask(
        "extracts_behind",
        indicators=[*specification.outcomes, POPULATION_INDICATOR, *background],
        neighbours=near and not own,
    )


def suggested_citation(analysis: Analysis) -> str:
    """One sentence to cite the bundle by."""
    title = analysis.specification.title or "Did outcomes change after adoption?"
    kind = "illustrative figures" if analysis.study.illustrative else "published figures"
    return (
        f"{PROJECT}, version {version()}: {title.rstrip('.?')}. Specification {analysis.specification.hash}, {kind} "
        f"({analysis.study.edition})."
    )


def figures_words(*, illustrative: bool, edition: str) -> str:
    """Which figures were read, for a citation."""
    return f"{'Illustrative' if illustrative else 'Published'} figures ({edition})"


def licence_line(sources: Iterable[Source], *, illustrative: bool) -> str:
    """What may be done with figures from some of these sources."""
    if illustrative:
        return DRAWN
    licences = sorted({source.licence for source in sources})
    return f"Contains public sector information licensed under the {' and the '.join(licences)}." if licences else ""


def citation(analysis: Analysis, warehouse: Warehouse) -> str:
    """CITATION.txt: how to cite, the publications and files behind the figures, and who said who adopted when."""
    study = analysis.study
    lines = ["ILLUSTRATIVE: every authority, model and figure is invented.", ""] if study.illustrative else []
    lines += ["Cite as", "", suggested_citation(analysis), "", "Figures", ""]
    known = {each.source: each for each in read_catalogue().sources}
    for source, files in extracts_behind(analysis, warehouse).groupby("source", dropna=False):
        lines += _publication(str(source), known.get(str(source)), illustrative=study.illustrative)
        for file in files.itertuples():
            lines += [
                f"  {_name(file.file)}",
                f"    released {file.released or 'not recorded'}",
                f"    sha256 {file.sha256}",
            ]
        lines += [""]
    lines += ["Who adopted, and when", ""]
    lines += [f"  {t.name}: {t.start}. {t.source or 'Named in the specification'}." for t in study.treated.itertuples()]
    lines += [
        "",
        f"Warehouse: {study.edition}",
        f"Version: {PROJECT} {version()}",
        f"Specification: {analysis.specification.hash}",
    ]
    return "\n".join(lines) + "\n"


def _publication(source: str, known: Source | None, *, illustrative: bool) -> list[str]:
    if known is None:
        return [source, "  Publisher and licence are not recorded."]
    lines = [f"{known.title} ({known.publisher})", f"  {known.address}"]
    if illustrative:
        return [*lines, f"  {DRAWN}"]
    return [*lines, f"  Contains public sector information licensed under the {known.licence}."]


def _name(file: str) -> str:
    """Name alone of a file, whatever folder of whatever machine it was named with."""
    return PurePosixPath(PureWindowsPath(file).as_posix()).name
