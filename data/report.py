"""What a build or a check has to say, in sentences."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from analytics.areas import JOINT_RETURN
from data.build import BuildReport, ExtractReport, Rejection
from data.files import shown
from data.layouts.lait import STRAY_YEAR
from data.lists import GONE

MOST_LINES = 12  # shown of one file; the others are counted, and all stand in the table `rejected` of the warehouse
REMEDY = "Mend these lines, or fetch the file again. A figure that is held back stays as c, x, z, k, low or u."


def build_sentences(report: BuildReport) -> Iterator[str]:
    """Lines of the report of a build."""
    used = sum(each.tally.kept > 0 for each in report.extracts)
    yield f"{shown(report.file)}: {report.observations:,} {report.kind} figures from {used} of {len(report.extracts)} files."
    for each in report.extracts:
        yield ""
        yield from extract_sentences(each)
    if report.warnings:
        yield ""
        yield "These figures look odd and were kept:"
        yield from _first(report.warnings)


def extract_sentences(each: ExtractReport) -> Iterator[str]:
    """Lines on one file: what it is, what became of its cells, what was noticed, what was rejected."""
    yield each.found.name
    if each.found.problem:
        yield from (f"  {line}" for line in f"Not used: {each.found.problem}".splitlines())
        return
    tally = each.tally
    yield f"  {each.title}"
    yield (
        f"  {each.found.cells_read:,} cells read: {tally.kept:,} kept, {tally.out_of_scope:,} out of scope, "
        f"{tally.rejected:,} rejected"
    )
    yield from (f"  {note}" for note in tally.notes)
    yield from (f"  {line}" for line in _first(rejection_sentences(each.rejections)))
    if has_errors(each):
        yield f"  {REMEDY}"


def rejection_sentences(rejections: Iterable[Rejection]) -> list[str]:
    """One sentence for each reason and value: where it first stands, and how many lines more say the same."""
    alike: dict[tuple[str | None, ...], list[Rejection]] = {}
    for each in rejections:
        alike.setdefault((each.column, each.value, each.reason), []).append(each)
    return [_rejection_sentence(found[0], len(found) - 1) for found in alike.values()]


def _rejection_sentence(first: Rejection, more: int) -> str:
    value = f"'{first.value}'" if first.value else None
    lines = f"line {first.line}{f' and {more:,} more' if more else ''}"
    return f"Rejected: {', '.join(part for part in (lines, first.column, value) if part)}: {first.reason}"


def has_errors(each: ExtractReport) -> bool:
    """Whether a file needs mending: it cannot be used, or lines are rejected for another reason than a joint return."""
    return bool(each.found.problem) or any(not _publishers_own(rejection.reason) for rejection in each.rejections)


def _publishers_own(reason: str) -> bool:
    """Whether a rejection is of what the publisher prints in every copy of the file, so that nobody can mend it."""
    return reason in (JOINT_RETURN, STRAY_YEAR) or GONE in reason


def _first(lines: Sequence[str]) -> Iterator[str]:
    yield from lines[:MOST_LINES]
    if len(lines) > MOST_LINES:
        yield f"and {len(lines) - MOST_LINES:,} more"
