"""Who is treated, who is a comparator, and why everyone else is neither: settled before any effect is looked at."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field

import pandas as pd

from analytics.comparators import Use, comparator_reasons, models_studied, recorded_users, years_cut_short
from analytics.errors import CannotEstimate, UnknownName
from analytics.exposure import Exposure, date_words, listed_exposures, register_exposures
from analytics.inspections import judgement_in_force
from analytics.neighbours import FEWEST, MODELS, neighbours_of, not_near, partners_of, wider, without_list
from analytics.own_neighbours import NeighbourLists, neighbour_lists
from analytics.panel import Panel, panel_of
from analytics.spec import Specification, check_names
from analytics.warehouse import Warehouse
from analytics.wording import counted, listed


@dataclass(frozen=True)
class Study:
    """Who is compared with whom, before any effect is looked at.

    Attributes
    ----------
    treated : area_code, name, s, g, role, programme, precision, start, confidence, note, source, ofsted (the overall
        judgement in force when it began, or that none is held)
    comparators : area_code, name, region
    left_out : area_code, name, reason; every other authority of today with figures
    exposures : the treated, in order of newest code
    cut_short : first year from which a treated authority's cells leave because it took up another model
    neighbours : treated, treated_name, area_code, name, rank, closeness, reason ('' = a comparator); of the pool
        statistical_neighbours alone, every neighbour named and why it fell out
    neighbour_model : which model named them, in words; '' for another pool
    warnings : sentences that must stand beside every result, such as a floor on closeness that was widened
    partners : of the pool statistical_neighbours alone, codes that each authority is compared with when it holds an
        adopter's place: the treated, and every authority that never used the model and keeps a neighbour that did not
        either. So each placebo is compared with its own neighbours, as the adopters are with theirs.
    prior_use : what the register knows of earlier use, by code of the treated ('' = nothing)
    borders : codes that each authority borders; None where that is not held
    models : ids of the practice models studied, in order; none for authorities named by hand
    """

    specification: Specification
    panel: Panel
    exposures: tuple[Exposure, ...]
    treated: pd.DataFrame
    comparators: pd.DataFrame
    left_out: pd.DataFrame
    cut_short: dict[str, int]
    register_use: Use | None = field(repr=False, default=None)
    edition: str = ""
    illustrative: bool = False
    neighbours: pd.DataFrame | None = field(repr=False, default=None)
    warnings: tuple[str, ...] = ()
    partners: dict[str, tuple[str, ...]] | None = field(repr=False, default=None)
    prior_use: dict[str, str] = field(default_factory=dict)
    borders: dict[str, frozenset[str]] | None = field(repr=False, default=None)
    models: tuple[str, ...] = ()
    neighbour_model: str = ""

    @property
    def reorganised(self) -> pd.DataFrame:
        """Codes of the past, and authorities that are followed with others as one area: area_code, name, reason."""
        return self.panel.reorganised

    @property
    def pool(self) -> list[str]:
        """Codes, in order, of all but the treated who may be compared or may stand in as a placebo."""
        return sorted(self._placebo_pool | set(self.comparators.area_code))

    @property
    def _placebo_pool(self) -> set[str]:
        if self.partners is None:
            return set()
        compared = {code for codes in self.partners.values() for code in codes}
        return (set(self.partners) | compared) - {e.area_code for e in self.exposures}


def _own_codes(areas: pd.DataFrame) -> dict[str, str]:
    """Every code that an authority has had, to its newest code."""
    return {
        code: row.area_code
        for row in areas[areas.kind == "authority"].itertuples()
        for code in (row.area_code, row.old_code, *row.former_codes.split())
    }


def _followed_codes(panel: Panel) -> dict[str, str]:
    """Codes of authorities that were split or merged inside the window, to the code of the area followed instead."""
    parts = {code: change.code for change in panel.rebuilt for code in (*change.before, *change.after)}
    return parts | {change.code: change.code for change in panel.rebuilt}


def _resolved(codes: tuple[str, ...], known: dict[str, str], where: str) -> tuple[str, ...]:
    for code in codes:
        if code not in known:
            raise UnknownName("authority code", code, known, where=where)
    return tuple(known[code] for code in codes)


def _adopters(specification: Specification, adoptions: pd.DataFrame, known: dict[str, str]) -> list[Exposure]:
    treatment = specification.treatment
    named = _resolved(treatment.authorities, known, "treatment.authorities")
    if treatment.is_named_list:
        found = listed_exposures(dataclasses.replace(treatment, authorities=named))
    else:
        rows = adoptions
        if treatment.model:
            rows = rows[rows.model == treatment.model]
        if treatment.programme:
            rows = rows[rows.programme == treatment.programme]
        found = register_exposures(treatment, rows)
        found = [e for e in found if not named or e.area_code in named]
    return sorted(found, key=lambda e: e.area_code)


def _exposure_frame(exposures: list[Exposure], names: dict[str, str]) -> pd.DataFrame:
    rows = [
        {
            "area_code": e.area_code,
            "name": names.get(e.area_code, e.area_code),
            "start": date_words(e.start_low, e.precision),
            "s": e.start_year,
            "g": e.first_exposed_year,
            "role": e.role,
            "programme": e.programme,
            "precision": e.precision,
            "confidence": e.confidence,
            "note": e.note,
            "source": e.source,
        }
        for e in exposures
    ]
    columns = ["area_code", "name", "start", "s", "g", "role", "programme", "precision", "confidence", "note", "source"]
    return pd.DataFrame(rows, columns=columns)


def _judgements(exposures: list[Exposure], warehouse: Warehouse) -> list[str]:
    """Ofsted's overall judgement of each adopter when it began."""
    inspections = warehouse.ask("inspections")
    mine = inspections[inspections.area_code.isin([e.area_code for e in exposures])]
    return [judgement_in_force(mine, e.area_code, e.start_low) for e in exposures]


def _model_words(specification: Specification, practice_models: pd.DataFrame) -> str:
    named = dict(zip(practice_models.model, practice_models.name, strict=True))
    treatment = specification.treatment
    return named.get(treatment.model) or treatment.programme or "the authorities named"


def _use(
    specification: Specification,
    panel: Panel,
    adoptions: pd.DataFrame,
    practice_models: pd.DataFrame,
    treated: set[str],
    comparators: list[str],
) -> Use | None:
    """What the register says of the model's use in the panel; None for a named list, which has no model."""
    models = models_studied(specification, adoptions)
    if not models:
        return None
    recorded = set(recorded_users(models, adoptions, practice_models)) & set(panel.areas)
    names = dict(zip(panel.areas, panel.names, strict=True))
    shares = practice_models.said_to_use_share[practice_models.model.isin(models)].dropna()
    named = dict(zip(practice_models.model, practice_models.name, strict=True))
    return Use(
        listed([named.get(model, model) for model in sorted(models)]),
        len(comparators),
        tuple(names[c] for c in comparators if c in recorded),
        len(recorded - treated),
        len(panel.areas) - len(treated),
        float(shares.max()) if len(shares) else None,
        len(panel.areas),
        len(recorded),
    )


@dataclass(frozen=True)
class _Setting:
    """What settling who is compared needs: the specification, its panel, the register, and what codes mean."""

    specification: Specification
    panel: Panel
    adoptions: pd.DataFrame
    practice_models: pd.DataFrame
    own: dict[str, str]
    known: dict[str, str]
    names: dict[str, str]

    @property
    def models(self) -> set[str]:
        """Ids of the models studied."""
        return models_studied(self.specification, self.adoptions)


def _setting(specification: Specification, warehouse: Warehouse, panel: Panel | None) -> _Setting:
    adoptions, practice_models = warehouse.ask("adoptions"), warehouse.ask("practice_models")
    indicators = warehouse.ask("indicators")
    check_names(
        specification,
        indicators=dict(zip(indicators.indicator, indicators.label, strict=True)),
        models=dict(zip(practice_models.model, practice_models.name, strict=True)),
        programmes=sorted(set(adoptions.programme) - {""}),
    )
    panel = panel or panel_of(specification, warehouse)
    areas = warehouse.ask("all_areas")
    own, followed = _own_codes(areas), _followed_codes(panel)
    known = {code: followed.get(newest, newest) for code, newest in own.items()} | followed
    names = dict(zip(areas.area_code, areas.name, strict=True)) | dict(zip(panel.areas, panel.names, strict=True))
    adoptions = adoptions.assign(
        recorded=adoptions.area_code, area_code=adoptions.area_code.map(lambda c: known.get(c, c))
    )
    return _Setting(specification, panel, adoptions, practice_models, own, known, names)


def _only_part(setting: _Setting, area_code: str) -> bool:
    """Whether the model is recorded for a part only of an area that is followed as a whole over a reorganisation."""
    change = next((c for c in setting.panel.rebuilt if c.code == area_code), None)
    if change is None:
        return False
    treatment = setting.specification.treatment
    if treatment.is_named_list:
        recorded = {setting.own.get(code, code) for code in treatment.authorities}
    else:
        rows = setting.adoptions[setting.adoptions.model.isin(setting.models)]
        recorded = set(rows.recorded[rows.area_code == area_code])
    wholes = ({area_code}, set(change.before), set(change.after))
    return not any(whole <= recorded for whole in wholes)


def _treated(setting: _Setting, warehouse: Warehouse) -> tuple[list[Exposure], list[tuple[str, str, str]]]:
    """Adopters with figures, and rows (code, name, reason) of those without."""
    adopters = _adopters(setting.specification, setting.adoptions, setting.known)
    gone = {*setting.panel.left_out.area_code, *setting.panel.reorganised.area_code}
    exposures, left = [], []
    for adopter in adopters:
        code = adopter.area_code
        if code not in setting.panel.position:
            if code not in gone:
                left.append((code, setting.names.get(code, code), "an adopter without figures"))
        elif _only_part(setting, code):
            left.append((code, setting.names[code], "recorded with the model in a part of a reorganised area only"))
        else:
            exposures.append(adopter)
    if not exposures:
        raise CannotEstimate(_nobody_treated(setting.specification, adopters, setting.practice_models, warehouse))
    return exposures, left


@dataclass(frozen=True)
class _Compared:
    """Codes of the comparators, the reason by code for each other authority of the panel, and what must be said."""

    codes: list[str]
    reasons: dict[str, str]
    neighbours: pd.DataFrame | None = None
    warnings: tuple[str, ...] = ()
    partners: dict[str, tuple[str, ...]] | None = None
    neighbour_model: str = ""


def _compared(setting: _Setting, exposures: list[Exposure], warehouse: Warehouse) -> _Compared:
    """Who is compared, by the pool that the specification names."""
    panel, specification = setting.panel, setting.specification
    listed = set(_resolved(specification.comparators.authorities, setting.known, "comparators.authorities"))
    frame = pd.DataFrame({"area_code": panel.areas, "region": panel.regions})
    reasons = comparator_reasons(specification, frame, exposures, setting.adoptions, setting.practice_models, listed)
    if specification.comparators.pool == "listed":
        # Named by hand stays in, recorded or not: the check on comparators then says what the register knows.
        users = recorded_users(setting.models, setting.adoptions, setting.practice_models)
        reasons = {c: r for c, r in reasons.items() if not (c in listed and r == users.get(c))}
    if specification.comparators.pool == "statistical_neighbours":
        return _near(setting, exposures, reasons, warehouse)
    return _Compared([code for code in panel.areas if code not in reasons], reasons)


def _near(setting: _Setting, exposures: list[Exposure], blocked: dict[str, str], warehouse: Warehouse) -> _Compared:
    """The treated's neighbours at least as close as asked, the floor lowered while it leaves fewer than five."""
    asked = setting.specification.comparators
    treated = {e.area_code: setting.names[e.area_code] for e in exposures}
    lists = neighbour_lists(asked, warehouse)
    named = _neighbours_named(setting, treated, lists)
    missing = _without_list(setting, treated, named, lists, warehouse)
    for floor in wider(asked.least_close):
        reasons = not_near(named, setting.panel.areas, floor) | blocked
        codes = [code for code in setting.panel.areas if code not in reasons]
        if floor == asked.least_close:
            before = len(codes)
        if len(codes) >= FEWEST:
            break
    fallen = [
        reasons.get(code, "" if code in setting.panel.position else "without figures") for code in named.area_code
    ]
    widened = _widened(asked.least_close, floor, before, len(codes)) if codes else ""
    never = {code: setting.names[code] for code in setting.panel.areas if code not in blocked}
    everyone = _neighbours_named(setting, treated | never, lists)
    return _Compared(
        codes,
        reasons,
        named.assign(reason=fallen),
        tuple(filter(None, (missing, widened))),
        partners_of(everyone, set(never), floor),
        lists.words,
    )


def _neighbours_named(setting: _Setting, owners: dict[str, str], lists: NeighbourLists) -> pd.DataFrame:
    """Every neighbour of some authorities (name by code), each under its code in the panel."""
    rebuilt = {change.code: (*change.after, *change.before) for change in setting.panel.rebuilt}
    parts = {code: rebuilt.get(code, (code,)) for code in owners}
    named = neighbours_of(parts, setting.names, lists.listed)
    named["area_code"] = named.area_code.map(lambda code: setting.known.get(code, code))
    return named[named.area_code != named.treated].drop_duplicates(["treated", "area_code"], ignore_index=True)


def _without_list(
    setting: _Setting, treated: dict[str, str], named: pd.DataFrame, lists: NeighbourLists, warehouse: Warehouse
) -> str:
    """Sentences on the treated without a list, '' where there is none."""
    model = setting.specification.comparators.neighbour_model
    areas = warehouse.ask("all_areas")
    missing = without_list(treated, named, dict(zip(areas.area_code, areas.from_year, strict=True)))
    if named.empty:
        other = next(each for each in MODELS if each != model)
        raise CannotEstimate(
            f"Nobody to compare with under the {model} model of statistical neighbours. {missing} "
            f"Set comparators.neighbour_model = '{other}'."
        )
    unplaced = [f"{treated[c]}: {lists.reasons[c]}." for c in treated if c in lists.reasons and missing]
    told = " ".join([missing, *unplaced])
    return missing and f"{told} They are compared with the neighbours of the other adopters ({model} model)."


def _widened(asked: str, floor: str, before: int, now: int) -> str:
    """Sentence on a floor that left too few, '' where it left enough."""
    if floor == asked and now >= FEWEST:
        return ""
    few = f"Only {before} statistical neighbours that are {asked} or closer may be compared, fewer than {FEWEST}"
    if floor == asked:
        return f"{few}, and there are no others to take in: read the result with care."
    end = "" if now >= FEWEST else f", still fewer than {FEWEST}"
    return f"{few}: those that are {floor} were taken in too, {now} in all{end}. The comparison is weaker for it."


def study(specification: Specification, warehouse: Warehouse, *, panel: Panel | None = None) -> Study:
    """Who is treated, who is a comparator, and why everyone else is neither.

    Parameters
    ----------
    panel : the specification's panel, where it has been read before

    Raises
    ------
    UnknownName : an outcome, model, programme or authority that is not in the warehouse
    CannotEstimate : nobody treated, or nobody to compare
    """
    setting = _setting(specification, warehouse, panel)
    panel, names = setting.panel, setting.names
    exposures, without = _treated(setting, warehouse)
    compared = _compared(setting, exposures, warehouse)
    comparators, reasons = compared.codes, compared.reasons
    treated = {e.area_code for e in exposures}
    left = [(r.area_code, r.name, r.reason) for r in panel.left_out.itertuples()] + without
    already = treated | {code for code, *_ in left}
    left += [(c, names[c], reasons[c]) for c in panel.areas if c in reasons and c not in already]
    if not comparators:
        raise CannotEstimate(_nobody_to_compare(left))
    rows = [(c, names[c], panel.regions[panel.position[c]]) for c in comparators]
    return Study(
        specification,
        panel,
        tuple(exposures),
        _exposure_frame(exposures, names).assign(ofsted=_judgements(exposures, warehouse)),
        pd.DataFrame(rows, columns=["area_code", "name", "region"]),
        pd.DataFrame(left, columns=["area_code", "name", "reason"]),
        years_cut_short(specification, setting.adoptions, exposures),
        _use(specification, panel, setting.adoptions, setting.practice_models, treated, comparators),
        warehouse.edition,
        warehouse.illustrative,
        compared.neighbours,
        compared.warnings,
        compared.partners,
        _prior_use(setting, exposures),
        _borders(setting, warehouse),
        tuple(sorted(setting.models)),
        compared.neighbour_model,
    )


def _prior_use(setting: _Setting, exposures: list[Exposure]) -> dict[str, str]:
    """What the register knows of use before the start analysed: what is written of it, else an earlier row."""
    rows = setting.adoptions[setting.adoptions.model.isin(setting.models)]
    recorded: dict[str, list[tuple[str, pd.Timestamp]]] = {}
    for code, words, start in zip(rows.area_code, rows.prior_use, rows.start_low, strict=True):
        recorded.setdefault(code, []).append((words, start))
    found = {}
    for exposure in exposures:
        mine, began = recorded.get(exposure.area_code, []), pd.Timestamp(exposure.start_low)
        said = [words for words, _ in mine if words]
        earlier = [start for _, start in mine if start < began]  # no unknown date is earlier
        when = f"recorded from {min(earlier):%Y-%m}" if earlier else ""
        found[exposure.area_code] = said[0] if said else when
    return found


def _borders(setting: _Setting, warehouse: Warehouse) -> dict[str, frozenset[str]] | None:
    """Codes in the panel that each authority borders; None where the warehouse holds no borders."""
    pairs = warehouse.ask("borders")
    if pairs.empty:
        return None
    known = setting.known
    found: dict[str, set[str]] = {}
    for one, other in zip(pairs.area_code, pairs.other_code, strict=True):
        one, other = known.get(one, one), known.get(other, other)
        found.setdefault(one, set()).add(other)
        found.setdefault(other, set()).add(one)
    return {code: frozenset(others - {code}) for code, others in found.items()}


def _nobody_treated(
    specification: Specification, adopters: list[Exposure], practice_models: pd.DataFrame, warehouse: Warehouse
) -> str:
    who = _model_words(specification, practice_models)
    if adopters and warehouse.illustrative:
        return (
            f"The figures loaded are illustrative and hold none of the {len(adopters)} adopters of {who}. "
            "Load published statistics to analyse it: python -m data build --from FOLDER"
        )
    if adopters:
        return (
            f"No adopter of {who} has a figure for this outcome between these years; the register has "
            f"{counted(len(adopters), 'adopter')}."
        )
    treatment = specification.treatment
    both = treatment.model and treatment.programme
    programme = f" in the programme {treatment.programme}" if both else ""
    remedy = "Name the model or the programme alone, add a role" if both else "Add a role"
    return (
        f"Nobody is treated: the register has no adopter of {who}{programme} with a usable date in the role "
        f"{' or '.join(treatment.roles)}. {remedy}, or name authorities with their starts."
    )


def _nobody_to_compare(left: list[tuple[str, str, str]]) -> str:
    reasons = pd.Series([reason.split(" (")[0] for *_, reason in left]).value_counts()
    most = "; ".join(f"{count} {reason}" for reason, count in reasons.head(3).items())
    if not most:
        return "Nobody is left to compare with: every authority with figures is an adopter. Choose fewer adopters."
    return f"Nobody is left to compare with: {most}. Widen the pool, or set comparators.other_models = 'keep'."
