"""A figure on a spine: where it lies between the lowest and the highest of all authorities, small enough for a cell.

Drawn here rather than as a chart specification: a profile has some thirty, and a page of thirty charts is slow.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from analytics.charts import theme
from analytics.charts.picture import ILLUSTRATIVE, Picture
from analytics.charts.spark import as_image
from analytics.profile import Profile, Row, raw_profile
from analytics.trends import STATUS_WORDS, short_text
from analytics.wording import number_text, unit_heading

WIDTH, HEIGHT = 210, 44  # pixels of a cell
SIDE, LINE, DOT = 9, 15, 6.5  # pixels: free at either end, height of the spine, radius of the dot
TALL, HALF = 11, 7  # pixels above and below the spine: the mean's tick, the band
TICK = "#A83F08"  # the hue of comparators' lines, dark enough beside the band
ROW, LABELS, PICTURE = 74, 330, 820  # pixels of the downloaded picture: a row, its words, the whole width
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
    spread, measure = row.spread, row.measure

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
    return tuple(escape(number_text(end, row.measure.decimals)) for end in ends_of(row))


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
        f"{escape(letter)}: no figure</text>"
    )


# --- a theme's spines as one picture ---------------------------------------------------------------------------------


def spine_picture(
    profile: Profile, rows: Sequence[Row], theme_name: str, *, source: str, illustrative: bool
) -> Picture:
    """The spines of a theme as a picture of its own, for a download.

    Parameters
    ----------
    rows : indicators of the theme
    """
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
        stem=f"{profile.name}-profile-{theme_name}",
        illustrative=illustrative,
        drawing=_whole(title, key, source, rows, illustrative=illustrative),
    )


def _whole(title: str, key: str, source: str, rows: Sequence[Row], *, illustrative: bool) -> str:
    """A drawing that stands alone: title, rows, key, source."""
    head, foot = 62, 62
    tall = head + ROW * len(rows) + foot
    drawn = [f'<rect width="{PICTURE}" height="{tall}" fill="{theme.PAPER}"/>']
    if illustrative:
        drawn.append(
            f'<text x="{PICTURE / 2}" y="{tall / 2}" text-anchor="middle" font-size="56" font-weight="bold" '
            f'font-family="{escape(theme.FONT, quote=True)}" fill="{theme.MUTED}" opacity="0.22">{theme.MARK_WORD}</text>'
        )
    drawn.append(_text(title, 12, 28, f'font-size="{theme.TITLE_SIZE}" font-weight="bold"'))
    for place, row in enumerate(rows):
        y = head + ROW * place
        words = (row.measure.label, f"{unit_heading(row.measure.unit)}, {row.year}", _own_words(row))
        drawn += [_text(line, 12, y + 8 + 18 * n, 'font-weight="bold"' * (n == 0)) for n, line in enumerate(words)]
        wide = PICTURE - LABELS - 24
        drawn.append(f'<g transform="translate({LABELS + 12} {y - 6})">{_spine(row, wide) if row.spread else ""}</g>')
        for word, at, anchor in zip(end_words(row), (LABELS + 12, PICTURE - 12), ("start", "end"), strict=True):
            drawn.append(_text(word, at, y + HEIGHT + 8, f'text-anchor="{anchor}" fill="{theme.MUTED}"'))
    said = f"{ILLUSTRATIVE} {source}" if illustrative else source
    for n, line in enumerate((key, said)):
        drawn.append(_text(line, 12, tall - foot + 24 + 18 * n, f'fill="{theme.MUTED}"'))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{PICTURE}" height="{tall}" viewBox="0 0 {PICTURE} {tall}">'
        f"{''.join(drawn)}</svg>"
    )


def _own_words(row: Row) -> str:
    own, mean = row.figure.value, row.beside.mean
    told = STATUS_WORDS[row.figure.status][1] if own is None else short_text(own, row.measure)
    return f"{told}; set’s mean {short_text(mean, row.measure)}" if mean is not None else told


def _text(words: str, x: float, y: float, look: str = "") -> str:
    size = "" if "font-size" in look else f'font-size="{theme.LABEL_SIZE}"'
    return f'<text x="{x}" y="{y}" font-family="{escape(theme.FONT, quote=True)}" {size} {look}>{escape(words)}</text>'
