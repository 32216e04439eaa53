"""The facts of data/: sources with their files and indicators, practice models with who adopted them and when."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from analytics.areas import Register, read_register
from analytics.errors import BadFacts, did_you_mean
from analytics.evidence import Row, read_evidence

DATA = Path(__file__).parent.parent / "data"
POLARITIES = ("higher", "lower", "none")
DIRECTIONS = ("higher", "lower")
ROLES = ("primary", "alongside", "developing")
PRECISIONS = ("day", "month", "year", "unknown")
LAYOUTS = ("ees", "lait", "neighbours", "ofsted")  # published layouts for which data/layouts has a reader
DERIVATIONS = ("judgement_in_force",)  # questions of data/sql that work indicators out from tables already filled
CONFIDENCES = ("seed", "published", "recalled", "illustrative")
POPULATION = "population"  # the denominator that stands for the mid-year estimate of the year before
POPULATION_INDICATOR = "children_0_17"
LAIT, LAIT_MEASURE, LAIT_VALUE = "lait/measures", "Short Desc", "Values"  # file, and columns, of the Interactive Tool

Where = tuple[tuple[str, tuple[str, ...]], ...]  # filter column -> names that its wanted value has had, newest first


@dataclass(frozen=True)
class FileLayout:
    """One published table: the columns that it is known by, and what else its heading may be called."""

    source: str
    file: str
    title: str
    columns: tuple[str, ...]
    filters: tuple[str, ...]
    aliases: tuple[tuple[str, str], ...]  # heading found -> column meant
    where: Where
    layout: str = "ees"
    fixed: tuple[str, ...] = ()  # repository of data/sources/ways.toml and a file in it, newest first

    @property
    def key(self) -> str:
        """Name of the table across all sources."""
        return f"{self.source}/{self.file}"


@dataclass(frozen=True)
class Indicator:
    """One figure that readers compare, and the columns that it is made from."""

    indicator: str
    source: str
    file: str
    label: str
    theme: str
    unit: str
    decimals: int
    polarity: str
    definition: str
    caveat: str
    headline: bool
    value: str | None  # the column that prints it; without one it is numerator / denominator x per
    numerator: str | None
    numerator_label: str
    denominator: tuple[str, ...]  # columns that are summed, or POPULATION alone
    denominator_label: str
    per: float
    where: Where
    denominator_where: Where
    next_due: str = ""  # day, or words, where a publisher's dictionary says when the next figures come
    derived: str = ""  # question of data/sql that works it out from other tables: no column of its file prints it
    lait: str | None = None  # measure of the Local Authority Interactive Tool that serves where its own file does not

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column of its own file that it reads."""
        named = (self.value, self.numerator, *(c for c in self.denominator if c != POPULATION))
        return tuple(dict.fromkeys(column for column in named if column))


@dataclass(frozen=True)
class Source:
    """One publication: who publishes it, under what licence, where it is found, and when its years end."""

    source: str
    title: str
    publisher: str
    licence: str
    address: str
    slug: str
    released: str
    released_to: int  # newest year of that release: a file that ends in another year is of another release
    period_end: str
    layout: str
    files: tuple[FileLayout, ...]
    indicators: tuple[Indicator, ...]
    other_slugs: tuple[str, ...] = ()  # under which the publication has been found too


@dataclass(frozen=True)
class ExpectedOutcome:
    """What a model's theory of change says will happen to an indicator.

    Children kept at home are read as fewer who start to be looked after, fewer children in care as fewer looked after.
    """

    indicator: str
    direction: str


@dataclass(frozen=True)
class Adoption:
    """One row of the register: an authority, a model, a role and when it began, as far as anyone has said."""

    model: str
    authority: str
    area_code: str
    old_code: str
    role: str
    start: str
    start_low: date | None
    start_high: date | None
    precision: str
    end: str
    programme: str
    can_treat: bool
    prior_use: str  # what is known of its use before the start, '' = nothing known
    note: str
    source: str
    source_locator: str
    confidence: str


@dataclass(frozen=True)
class PracticeModel:
    """One way of working with families, and who has adopted it."""

    model: str
    name: str
    family: str
    origin: str
    description: str
    elements: tuple[str, ...]
    evaluations: str
    contains: tuple[str, ...]
    contains_source: str  # who says so
    said_to_use_share: float | None
    said_to_use_source: str
    lag_years: int | None
    lag_source: str  # who says so, or "Not stated" and where it was looked for
    expected_outcomes: tuple[ExpectedOutcome, ...]
    expected_outcomes_unmeasured: str  # what else is expected, and no indicator measures
    expected_outcomes_source: str  # who says so, or "Not stated" and where it was looked for
    source: str
    source_locator: str
    confidence: str
    illustrative: bool
    adoptions: tuple[Adoption, ...]


@dataclass(frozen=True)
class Catalogue:
    """Every fact, checked against every other."""

    sources: tuple[Source, ...]
    models: tuple[PracticeModel, ...]
    register: Register
    evidence: Mapping[str, tuple[Row, ...]] = field(default_factory=dict)  # by table of the warehouse

    @cached_property
    def indicators(self) -> dict[str, Indicator]:
        """Indicator by its id."""
        return {each.indicator: each for source in self.sources for each in source.indicators}

    @cached_property
    def files(self) -> dict[str, FileLayout]:
        """Table by source and file id."""
        return {file.key: file for source in self.sources for file in source.files}

    @property
    def tidy_files(self) -> dict[str, FileLayout]:
        """Tables in the tidy layout of explore education statistics, by source and file id."""
        return {key: file for key, file in self.files.items() if file.layout == "ees"}

    def with_indicators(self, source: str, more: Iterable[Indicator]) -> Catalogue:
        """The catalogue with further indicators of a source, as a published dictionary describes them."""
        added = replace(self.source(source), indicators=(*self.source(source).indicators, *more))
        return replace(self, sources=tuple(added if each.source == source else each for each in self.sources))

    @property
    def derivations(self) -> tuple[str, ...]:
        """Questions of data/sql that work indicators out from other tables, each once."""
        return tuple(dict.fromkeys(each.derived for each in self.indicators.values() if each.derived))

    @property
    def adoptions(self) -> tuple[Adoption, ...]:
        """Every row of the register of adoptions."""
        return tuple(row for model in self.models for row in model.adoptions)

    def source(self, source: str) -> Source:
        """The source of an id."""
        return next(each for each in self.sources if each.source == source)


class Facts:
    """One table of a fact file, asked key by key; every refusal names file, place and key."""

    def __init__(self, file: Path, table: Mapping[str, Any], place: str = "") -> None:
        self.file, self.table, self.place = file, table, place

    def bad(self, key: str, problem: str) -> BadFacts:
        """The error for a key, to be raised."""
        return BadFacts(f"{_short(self.file)}{', ' + self.place if self.place else ''}, {key}: {problem}")

    def only(self, known: Iterable[str]) -> None:
        """Refuse a key that nothing reads: it is mistyped more often than not."""
        known = list(known)
        for key in self.table:
            if key not in known:
                raise self.bad(key, f"no such key.{did_you_mean(key, known)} Keys here: {', '.join(known)}.")

    def get(self, key: str, kind: type | tuple[type, ...], default: Any = ...) -> Any:
        """The value of a key, of the kind asked for; without a default the key must be there."""
        if key not in self.table:
            if default is not ...:
                return default
            raise self.bad(key, f"is missing.{did_you_mean(key, self.table)}")
        value = self.table[key]
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
            raise self.bad(key, f"{value!r} is not {_kind_in_words(kind)}")
        return value

    def text(self, key: str, default: Any = ...) -> Any:
        """A text."""
        return self.get(key, str, default)

    def texts(self, key: str, default: Any = ...) -> tuple[str, ...]:
        """A list of texts."""
        values = self.get(key, list, default)
        if not _all_texts(values):
            raise self.bad(key, "write a list of texts in quotation marks")
        return tuple(values)

    def one_of(self, key: str, known: tuple[str, ...]) -> str:
        """A word out of a short list."""
        word = self.text(key)
        if word not in known:
            raise self.bad(key, f"'{word}' is none of {', '.join(known)}.{did_you_mean(word, known)}")
        return word

    def where(self, key: str) -> Where:
        """Filter columns with the names that the wanted value has had."""
        wanted = self.get(key, dict, {})
        named = {column: [value] if isinstance(value, str) else value for column, value in wanted.items()}
        if not all(isinstance(names, list) and names and _all_texts(names) for names in named.values()):
            raise self.bad(key, "write the wanted value, or the names that it has had, newest first")
        return tuple((column, tuple(names)) for column, names in named.items())

    def day(self, key: str) -> date | None:
        """A date, or None where the key is left out."""
        found = self.get(key, date, None)
        if isinstance(found, datetime):
            raise self.bad(key, f"{found} has a time of day: write a date such as 2014-10-01")
        return found


def read_catalogue(
    *, model_folders: tuple[Path, ...] = (), register: Register | None = None, root: Path = DATA
) -> Catalogue:
    """Every fact file read and checked.

    Parameters
    ----------
    model_folders : folders of practice models read beside data/practice_models (the illustrative ones)
    register : areas that adoptions may name; by default those of data/reference
    root : the folder that holds sources/, practice_models/ and reference/

    Raises
    ------
    BadFacts : the first mistake found, with file, key and remedy
    """
    register = register or read_register()
    sources = tuple(_source(file) for file in sorted((root / "sources").glob("*/source.toml")))
    if not sources:
        raise BadFacts(f"{_short(root / 'sources')}: no source.toml in any folder of it")
    indicators = _unique((each.indicator, each.source) for source in sources for each in source.indicators)
    folders = (root / "practice_models", *model_folders)
    files = [file for folder in folders for file in sorted(folder.glob("*.toml"))]
    models = tuple(_model(file, register, indicators) for file in files)
    _unique((model.model, file.name) for model, file in zip(models, files, strict=True))
    _contained_models_known(models, files)
    evidence = read_evidence(root, register, (model.model for model in models), indicators)
    return Catalogue(sources, models, register, evidence)


SOURCE_TEXTS = ("id", "title", "publisher", "licence", "address", "slug", "released", "period_end", "layout")
SOURCE_KEYS = (*SOURCE_TEXTS, "other_slugs", "released_to", "file", "indicator")
FILE_KEYS = ("id", "title", "columns", "filters", "aliases", "where", "fixed")
INDICATOR_KEYS = (
    "indicator", "file", "label", "theme", "unit", "decimals", "polarity", "headline", "definition", "caveat", "where",
    "value", "numerator", "numerator_label", "denominator", "denominator_label", "denominator_where", "per", "lait",
    "derived",
)  # fmt: skip
MODEL_KEYS = (
    "model", "name", "family", "origin", "description", "elements", "evaluations", "contains", "contains_source",
    "said_to_use_share", "said_to_use_source", "lag_years", "lag_source", "expected_outcomes", "expected_outcomes_unmeasured",
    "expected_outcomes_source", "source", "source_locator", "confidence", "illustrative", "adoption",
)  # fmt: skip
ADOPTION_KEYS = (
    "authority", "area_code", "old_code", "role", "start", "start_low", "start_high", "precision", "end", "programme",
    "can_treat", "prior_use", "note", "source", "source_locator", "confidence",
)  # fmt: skip


def _source(file: Path) -> Source:
    facts = Facts(file, _toml(file))
    facts.only(SOURCE_KEYS)
    texts = {key: facts.text(key) for key in SOURCE_TEXTS if key != "id"}
    source = facts.text("id")
    if source != file.parent.name:
        raise facts.bad("id", f"'{source}' is in the folder {file.parent.name}: give both the same name")
    layout = facts.one_of("layout", LAYOUTS)
    _check_month_day(facts)
    tables = facts.get("file", list)
    files = tuple(_file(Facts(file, table, _block("file", table, "id")), source, layout) for table in tables)
    layouts = {each.file: each for each in files}
    _unique((each.file, f"{_short(file)}, [[file]]") for each in files)
    blocks = [Facts(file, table, _block("indicator", table, "indicator")) for table in facts.get("indicator", list, [])]
    indicators = tuple(_indicator(block, source, layouts) for block in blocks)
    return Source(
        source=source,
        **texts,
        released_to=facts.get("released_to", int),
        files=files,
        indicators=indicators,
        other_slugs=facts.texts("other_slugs", []),
    )


def _check_month_day(facts: Facts) -> None:
    """The end of the source's years must be a month and a day such as 03-31."""
    try:
        date.fromisoformat(f"2001-{facts.text('period_end')}")
    except ValueError:
        raise facts.bad("period_end", f"'{facts.text('period_end')}' is no month and day: write 03-31") from None


def _file(facts: Facts, source: str, layout: str) -> FileLayout:
    facts.only(FILE_KEYS)
    columns, filters = facts.texts("columns"), facts.texts("filters")
    aliases = tuple(facts.get("aliases", dict, {}).items())
    for found, meant in aliases:
        if meant not in (*columns, *filters):
            hint = did_you_mean(meant, columns)
            raise facts.bad("aliases", f"'{found}' stands for '{meant}', which is no column here.{hint}")
    named, fixed = (source, facts.text("id"), facts.text("title")), facts.texts("fixed", [])
    return FileLayout(*named, columns, filters, aliases, facts.where("where"), layout, fixed)


def _indicator(facts: Facts, source: str, layouts: Mapping[str, FileLayout]) -> Indicator:
    facts.only(INDICATOR_KEYS)
    file = facts.text("file")
    layout = layouts.get(file)
    if layout is None:
        raise facts.bad("file", f"'{file}' is no [[file]] above.{did_you_mean(file, layouts)}")
    denominator = facts.get("denominator", (str, list), [])
    where = _merged(layout.where, facts.where("where"))
    measure, value = facts.text("lait", None), facts.text("value", None)
    if layout.layout == "lait":
        where, value = _merged(where, ((LAIT_MEASURE, (facts.text("lait"),)),)), LAIT_VALUE
    indicator = Indicator(
        indicator=facts.text("indicator"),
        source=source,
        file=layout.file,
        label=facts.text("label"),
        theme=facts.text("theme"),
        unit=facts.text("unit"),
        decimals=facts.get("decimals", int),
        polarity=facts.one_of("polarity", POLARITIES),
        definition=facts.text("definition"),
        caveat=facts.text("caveat", ""),
        headline=facts.get("headline", bool),
        value=value,
        numerator=facts.text("numerator", None),
        numerator_label=facts.text("numerator_label", ""),
        denominator=(denominator,) if isinstance(denominator, str) else tuple(denominator),
        denominator_label=facts.text("denominator_label", ""),
        per=float(facts.get("per", (int, float), 1)),
        where=where,
        denominator_where=_merged(where, facts.where("denominator_where")),
        derived=facts.one_of("derived", DERIVATIONS) if "derived" in facts.table else "",
        lait=measure if layout.layout != "lait" else None,
    )
    _check_indicator(facts, indicator, layout)
    return indicator


def _check_indicator(facts: Facts, indicator: Indicator, layout: FileLayout) -> None:
    """It must have something to show, read columns that the file has, and say which rows of a long file it means."""
    if indicator.derived:
        if indicator.columns or indicator.lait or "where" in facts.table:
            raise facts.bad(
                "derived",
                f"'{indicator.derived}' works it out: leave out value, numerator, denominator, where and lait",
            )
        return
    if not indicator.value and not (indicator.numerator and indicator.denominator):
        raise facts.bad("value", "give the column that prints it, or a numerator and a denominator, or `derived`")
    for column in indicator.columns:
        if column not in layout.columns:
            hint = did_you_mean(column, layout.columns)
            raise facts.bad("numerator", f"column '{column}' is not listed for file '{layout.file}'.{hint}")
    for key, where in (("where", indicator.where), ("denominator_where", indicator.denominator_where)):
        chosen = [column for column, _ in where]
        for column in chosen:
            if column not in layout.filters:
                hint = did_you_mean(column, layout.filters)
                raise facts.bad(key, f"'{column}' is no filter column of file '{layout.file}'.{hint}")
        for column in layout.filters:
            if column not in chosen:
                raise facts.bad(key, f"say which '{column}' is meant, here or in [[file]] where")


def _model(file: Path, register: Register, indicators: Mapping[str, str]) -> PracticeModel:
    facts = Facts(file, _toml(file))
    facts.only(MODEL_KEYS)
    model = facts.text("model")
    if model.lower() != file.stem.removeprefix("illustrative_"):
        raise facts.bad("model", f"'{model}' is in {file.name}: name the file {model.lower()}.toml")
    contains = facts.texts("contains")
    if bool(contains) != bool(facts.text("contains_source", "")):
        raise facts.bad("contains_source", "say who says that it contains another model, and only where it does")
    outcomes = (Facts(file, table, "expected_outcomes") for table in facts.get("expected_outcomes", list))
    rows = facts.get("adoption", list, [])
    blocks = [Facts(file, row, f"[[adoption]] {n} ({row.get('authority', '?')})") for n, row in enumerate(rows, 1)]
    return PracticeModel(
        model=model,
        **{key: facts.text(key) for key in ("name", "family", "origin", "description")},
        evaluations=facts.text("evaluations", ""),
        elements=facts.texts("elements"),
        contains=contains,
        contains_source=facts.text("contains_source", ""),
        said_to_use_share=facts.get("said_to_use_share", float, None),
        said_to_use_source=facts.text("said_to_use_source", ""),
        lag_years=facts.get("lag_years", int, None),
        lag_source=facts.text("lag_source", ""),
        expected_outcomes=tuple(_expected_outcome(each, indicators) for each in outcomes),
        expected_outcomes_unmeasured=facts.text("expected_outcomes_unmeasured", ""),
        expected_outcomes_source=facts.text("expected_outcomes_source", ""),
        source=facts.text("source"),
        source_locator=facts.text("source_locator"),
        confidence=facts.one_of("confidence", CONFIDENCES),
        illustrative=facts.get("illustrative", bool),
        adoptions=tuple(_adoption(block, model, register) for block in blocks),
    )


def _expected_outcome(facts: Facts, indicators: Mapping[str, str]) -> ExpectedOutcome:
    facts.only(("indicator", "direction"))
    indicator = facts.text("indicator")
    if indicator not in indicators:
        hint = did_you_mean(indicator, indicators)
        raise facts.bad("indicator", f"no indicator '{indicator}' in data/sources/.{hint}")
    return ExpectedOutcome(indicator, facts.one_of("direction", DIRECTIONS))


def _adoption(facts: Facts, model: str, register: Register) -> Adoption:
    facts.only(ADOPTION_KEYS)
    low, high = facts.day("start_low"), facts.day("start_high")
    adoption = Adoption(
        model=model,
        **{key: facts.text(key) for key in ("authority", "area_code", "old_code")},
        role=facts.one_of("role", ROLES),
        start=facts.text("start"),
        start_low=low,
        start_high=high,
        precision=facts.one_of("precision", PRECISIONS),
        end=facts.text("end"),
        programme=facts.text("programme"),
        can_treat=facts.get("can_treat", bool),
        prior_use=facts.text("prior_use", ""),
        note=facts.text("note"),
        source=facts.text("source"),
        source_locator=facts.text("source_locator"),
        confidence=facts.one_of("confidence", CONFIDENCES),
    )
    _check_place(facts, adoption, register)
    _check_dates(facts, adoption)
    return adoption


def _check_place(facts: Facts, adoption: Adoption, register: Register) -> None:
    """The codes must be in the register and belong to one authority."""
    area = register.by_code.get(adoption.area_code)
    if area is None or area.kind != "authority":
        near = register.by_name.get(adoption.authority.lower())
        hint = (
            f" {near.name} is {near.area_code}."
            if near
            else did_you_mean(adoption.authority, (a.name for a in register.areas))
        )
        raise facts.bad("area_code", f"'{adoption.area_code}' is no authority of data/reference/authorities.csv.{hint}")
    if adoption.old_code != area.old_code:
        raise facts.bad("old_code", f"'{adoption.old_code}' is not {area.old_code}, the code of {area.name}")


def _check_dates(facts: Facts, adoption: Adoption) -> None:
    """Dates that stand in order and agree with the precision claimed."""
    low, high = adoption.start_low, adoption.start_high
    if (low is None) != (high is None):
        raise facts.bad("start_high" if low else "start_low", "give both ends of the start, or neither")
    if (low is None) != (adoption.precision == "unknown"):
        raise facts.bad("precision", "write 'unknown' where there is no start, and only there")
    if low and high and low > high:
        raise facts.bad("start_high", f"{high} is before start_low, {low}")
    if adoption.can_treat and low is None:
        raise facts.bad("can_treat", "a row without a start cannot treat: write false")
    end = _end_of(facts, adoption.end)
    if end and low and end < low:
        raise facts.bad("end", f"'{adoption.end}' is before the start, {low}")


def _end_of(facts: Facts, written: str) -> date | None:
    """Last possible day of an end as written (2016, 2016-03, 2016-03-31), None where there is none."""
    if not written:
        return None
    year, *rest = written.split("-")
    month, day = (*rest, "12", "31")[:2] if not rest else (rest[0], rest[1] if len(rest) > 1 else "28")
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        raise facts.bad("end", f"'{written}' is no date: write 2016, 2016-03 or 2016-03-31") from None


def _contained_models_known(models: tuple[PracticeModel, ...], files: list[Path]) -> None:
    """A model can contain only models that have a file."""
    known = [model.model for model in models]
    for model, file in zip(models, files, strict=True):
        for contained in model.contains:
            if contained not in known or contained == model.model:
                hint = did_you_mean(contained, known)
                raise Facts(file, {}).bad("contains", f"'{contained}' is no other model.{hint}")


def _merged(base: Where, over: Where) -> Where:
    """Filters of `base`, replaced or added to by those of `over`."""
    return tuple((dict(base) | dict(over)).items())


def _unique(named: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Id -> where it stands; the same id twice is refused."""
    seen: dict[str, str] = {}
    for name, place in named:
        if name in seen:
            raise BadFacts(f"'{name}' stands in {seen[name]} and again in {place}: an id is given once")
        seen[name] = place
    return seen


def _toml(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise BadFacts(f"{_short(file)} is not TOML that can be read: {error}") from error


def _all_texts(values: Iterable[Any]) -> bool:
    return all(isinstance(value, str) for value in values)


def _block(kind: str, table: Mapping[str, Any], key: str) -> str:
    """Name of a block in a sentence."""
    return f"[[{kind}]] {table.get(key, '?')}"


def _short(file: Path) -> str:
    """Path from the project's folder where it is inside it."""
    return str(file.relative_to(DATA.parent)) if file.is_relative_to(DATA.parent) else str(file)


def _kind_in_words(kind: type | tuple[type, ...]) -> str:
    words = {str: "a text", list: "a list", int: "a whole number", float: "a number", bool: "true or false"}
    kinds = kind if isinstance(kind, tuple) else (kind,)
    return " or ".join(words.get(each, "a date such as 2014-10-01") for each in kinds)
