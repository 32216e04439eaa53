"""A figure on a spine: where it lies between the lowest and the highest of all authorities, small enough for a cell.

Drawn here rather than as a chart specification: a profile has some thirty, and a page of thirty charts is slow.
"""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from html import escape

from analytics.charts import theme
from analytics.charts.picture import ILLUSTRATIVE, Picture
from analytics.charts.spark import as_image
from analytics.profile import Profile, raw_profile
from analytics.profile_row import Row
from analytics.trends import STATUS_WORDS, short_text
from analytics.wording import number_text, unit_heading

WIDTH, HEIGHT = 210, 44  # pixels of a cell
SIDE, LINE, DOT = 9, 15, 6.5  # pixels: free at either end, height of the spine, radius of the dot
TALL, HALF = 11, 7  # pixels above and below the spine: the mean's tick, the band
TICK = "#A83F08"  # the hue of comparators' lines, dark enough beside the band
LABELS, PICTURE, LEAD, GAP = (
    330,
    820,
    18,
    16,
)  # pixels of the downloaded picture: words, whole width, a line, between rows
LABEL_CHARACTERS, SMALL_CHARACTERS = 38, 112  # that fit a line of a row's words, of the key
FONT = f'font-family="{escape(theme.FONT, quote=True)}" font-size="{theme.LABEL_SIZE}"'


def ends_of(row: Row) -> tuple[float, float]:
    """Figures at the left and the right end: worst and best where something is better, else lowest and highest."""
    low, high = row.spread.lowest, row.spread.highest
    return (high, low) if row.polarity == "lower" else (low, high)


def end_words(row: Row) -> tuple[str, str]:
    """What the ends are."""
    return ("lowest", "highest") if row.polarity == "none" else ("worst", "best")


def spine_words(row: Row, name: str) -> str:
    """What a spine shows, for those who cannot see it."""
    measure = row.measure
    if row.spread is None:
        return "Too few authorities have a figure for a spine."
    own = "no figure" if row.figure.value is None else short_text(row.figure.value, measure)
    mean = f", set’s mean {short_text(row.beside.mean, measure)}" if row.beside.mean is not None else ""
    quarters = [number_text(q, measure.decimals) for q in (row.spread.quarter, row.spread.three_quarters)]
    ends = ", ".join(
        f"{word} {number_text(end, measure.decimals)}" for word, end in zip(end_words(row), ends_of(row), strict=True)
    )
    return f"{name} {own}{mean}, middle half {quarters[0]} to {quarters[1]}, {ends}"


def spine_image(row: Row, name: str) -> str:
    """The spine as an HTML picture; words alone where too few authorities have a figure."""
    words = spine_words(row, name)
    return as_image(_spine(row, WIDTH), words, WIDTH, HEIGHT) if row.spread else escape(words)


def _spine(row: Row, width: float) -> str:
    """The drawing itself, in a box of `width` by `HEIGHT`."""
    left, right = ends_of(row)
    spread = row.spread

    def x(value: float) -> float:
        share = (value - left) / (right - left) if right != left else 0.5
        return SIDE + (width - 2 * SIDE) * share

    a, b = sorted((x(spread.quarter), x(spread.three_quarters)))
    drawn = [
        f'<line x1="{SIDE}" x2="{width - SIDE}" y1="{LINE}" y2="{LINE}" stroke="{theme.MUTED}" stroke-width="1.5"/>',
        f'<rect x="{a:.1f}" y="{LINE - HALF}" width="{max(b - a, 1.5):.1f}" height="{2 * HALF}" fill="{theme.BAND}"/>',
    ]
    if row.figure.value is not None and row.interval:
        ends = sorted(min(max(x(end), 0), width) for end in row.interval)
        drawn.append(
            f'<line x1="{ends[0]:.1f}" x2="{ends[1]:.1f}" y1="{LINE}" y2="{LINE}" stroke="{theme.DARK_BLUE}" stroke-width="3"/>'
        )
    if row.beside.mean is not None:
        mean = x(row.beside.mean)
        drawn.append(
            f'<line x1="{mean:.1f}" x2="{mean:.1f}" y1="{LINE - TALL}" y2="{LINE + TALL}" stroke="{TICK}" stroke-width="3.5"/>'
        )
    drawn.append(_dot(row, x, width))
    for words, at, anchor in zip(_end_texts(row), (0, width), ("start", "end"), strict=True):
        drawn.append(f'<text x="{at}" y="{HEIGHT - 3}" text-anchor="{anchor}" fill="{theme.INK}" {FONT}>{words}</text>')
    return "".join(drawn)


def _end_texts(row: Row) -> tuple[str, str]:
    words = zip(end_words(row), ends_of(row), strict=True)
    return tuple(f"{word} {escape(number_text(end, row.measure.decimals))}" for word, end in words)


def _dot(row: Row, x, width: float) -> str:
    """The authority's dot, or the publisher's letter in the middle: a place on the spine would be a figure."""
    if row.figure.value is not None:
        return (
            f'<circle cx="{x(row.figure.value):.1f}" cy="{LINE}" r="{DOT}" fill="{theme.DARK_BLUE}" '
            f'stroke="{theme.PAPER}" stroke-width="1.5"/>'
        )
    letter = STATUS_WORDS[row.figure.status][0]
    return (
        f'<text x="{width / 2}" y="{HEIGHT - 3}" text-anchor="middle" font-weight="bold" fill="{theme.INK}" {FONT}>'
        f"{escape(letter)}</text>"
    )


# --- a theme's spines as one picture ---------------------------------------------------------------------------------


def spine_stem(profile: Profile, theme_name: str) -> str:
    """Name of a file of a theme's spines."""
    return f"{profile.name}-profile-{theme_name}"


def spine_picture(profile: Profile, theme_name: str, *, source: str, illustrative: bool) -> Picture:
    """The spines of a theme as a picture of its own, for a download."""
    rows = profile.of(theme_name)
    title = f"{profile.name}: {theme_name[:1].lower()}{theme_name[1:]}"
    key = (
        f"Dot: {profile.name}, line through it: 95% interval. Upright: mean of {profile.beside.name}. "
        "Band: middle half of authorities."
    )
    figures = raw_profile(profile, rows)
    return Picture(
        title=title,
        subtitle=key,
        source=source,
        alt=" ".join(f"{row.measure.label}, {row.year}: {spine_words(row, profile.name)}." for row in rows),
        spec={},
        frame=figures,
        table=figures,
        figures=figures,
        stem=spine_stem(profile, theme_name),
        illustrative=illustrative,
        drawing=_whole(title, key, source, rows, illustrative=illustrative),
    )


def _whole(title: str, key: str, source: str, rows: Sequence[Row], *, illustrative: bool) -> str:
    """A drawing that stands alone: title, rows, key, source."""
    said = f"{ILLUSTRATIVE} {source}" if illustrative else source
    small = [*textwrap.wrap(key, SMALL_CHARACTERS), *textwrap.wrap(said, SMALL_CHARACTERS)]
    drawn, y = [_text(title, 12, 28, f'font-size="{theme.TITLE_SIZE}" font-weight="bold"')], 66
    for row in rows:
        words = _row_words(row)
        drawn += [_text(line, 12, y + LEAD * n, look) for n, (line, look) in enumerate(words)]
        wide = PICTURE - LABELS - 24
        drawn.append(f'<g transform="translate({LABELS + 12} {y - 14})">{_spine(row, wide) if row.spread else ""}</g>')
        y += max(LEAD * len(words), HEIGHT) + GAP
    drawn += [_text(line, 12, y + LEAD * n + 8, f'fill="{theme.MUTED}"') for n, line in enumerate(small)]
    tall = y + LEAD * len(small) + 12
    under = [f'<rect width="{PICTURE}" height="{tall}" fill="{theme.PAPER}"/>']
    if illustrative:
        look = f'text-anchor="middle" font-size="56" font-weight="bold" fill="{theme.MUTED}" opacity="0.22"'
        under.append(_text(theme.MARK_WORD, PICTURE / 2, tall / 2, look))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{PICTURE}" height="{tall}" viewBox="0 0 {PICTURE} {tall}">'
        f"{''.join([*under, *drawn])}</svg>"
    )


def _row_words(row: Row) -> list[tuple[str, str]]:
    """Lines beside a spine, each with its look: what is measured, in what unit and when, the figure, the set's mean."""
    own, mean = row.figure.value, row.beside.mean
    told = STATUS_WORDS[row.figure.status][1] if own is None else short_text(own, row.measure)
    lines = [(line, 'font-weight="bold"') for line in textwrap.wrap(row.measure.label, LABEL_CHARACTERS)]
    lines.append((f"{unit_heading(row.measure.unit)}, {row.as_at or row.year}", f'fill="{theme.MUTED}"'))
    lines += [(line, "") for line in textwrap.wrap(told, LABEL_CHARACTERS + 4)]
    return lines if mean is None else [*lines, (f"Set’s mean {short_text(mean, row.measure)}", "")]


def _text(words: str, x: float, y: float, look: str = "") -> str:
    size = "" if "font-size" in look else f'font-size="{theme.LABEL_SIZE}"'
    return f'<text x="{x}" y="{y}" font-family="{escape(theme.FONT, quote=True)}" {size} {look}>{escape(words)}</text>'
