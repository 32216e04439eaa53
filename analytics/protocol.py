"""Protocol: a specification written down before its results are shown, with the outcome that matters most.

Three numbers guard it, each SHA-256 in hexadecimal:

- the **specification's hash** covers all that decides the numbers, the smallest effects of interest among them;
- the **protocol's hash** covers that and which outcome is primary and which are secondary. The same plan has the same hash
  whenever and wherever it is saved: this is the number to note elsewhere;
- the **checksum** covers every value of the file: time, title, note and figures too.
"""

from __future__ import annotations

import datetime
import hashlib
import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import tomli_w

from analytics.checks.result import FAILED
from analytics.checks.suppression import statuses_listed, suppression
from analytics.errors import BadProtocol, did_you_mean, why_unread
from analytics.outcome import cells_of, outcome_sample
from analytics.spec import Specification
from analytics.study import Study

PRE_SPECIFIED, EXPLORATORY = "pre-specified", "exploratory"
MOST_SECONDARY = 4
RECALLED = "recalled"  # confidence of an adoption that no published page dates
SHORT = 12  # digits of a protocol's hash in a sentence
HEADER = "# A protocol of Practice Compared. To verify it: python -m analytics verify FILE\n"


@dataclass(frozen=True)
class Protocol:
    """A plan: what will be estimated, which outcome decides, and what was known when it was saved.

    Attributes
    ----------
    specification : with a smallest effect of interest for the primary outcome at least
    primary, secondary : between them every outcome of the specification, once
    note : anything that its author wants to say
    at : when it was saved, UTC, to the second; None before
    edition, illustrative : the figures that it was saved on
    runs_before : specifications of the same model and primary outcome already run on figures of this kind
    seen : whether what it estimates had been shown already, for any of its outcomes
    doubt : a sentence where earlier runs could not be counted, else ''
    """

    specification: Specification
    primary: str
    secondary: tuple[str, ...] = ()
    note: str = ""
    at: datetime.datetime | None = None
    edition: str = ""
    illustrative: bool = False
    runs_before: int = 0
    seen: bool = False
    doubt: str = ""

    def __post_init__(self) -> None:
        outcomes = self.specification.outcomes
        if not self.primary:
            raise BadProtocol(f"A protocol needs one primary outcome. Choose it from: {', '.join(outcomes)}.")
        for outcome in (self.primary, *self.secondary):
            if outcome not in outcomes:
                raise BadProtocol(
                    f"'{outcome}' is not an outcome of the specification.{did_you_mean(outcome, outcomes)} "
                    f"It has: {', '.join(outcomes)}."
                )
        if self.primary in self.secondary:
            raise BadProtocol(
                f"'{self.primary}' is named primary and secondary. Leave it out of the secondary outcomes."
            )
        if len(set(self.secondary)) != len(self.secondary):
            raise BadProtocol("A secondary outcome is named twice. Keep one of each.")
        others = [o for o in outcomes if o != self.primary]
        if len(self.secondary) > MOST_SECONDARY or len(others) > MOST_SECONDARY:
            raise BadProtocol(
                f"A protocol has at most {MOST_SECONDARY} secondary outcomes; here are {len(others)}. Leave some out of "
                "the specification."
            )
        unnamed = [o for o in others if o not in self.secondary]
        if unnamed:
            raise BadProtocol(
                f"The specification also has {', '.join(unnamed)}. A protocol says of each outcome whether it is primary or "
                "secondary: name the rest secondary, or leave them out."
            )
        if self.specification.smallest_effect(self.primary) is None:
            raise BadProtocol(
                "the smallest change that would matter is not named. Name it, in the outcome's unit.", self.primary
            )

    @property
    def smallest_effects(self) -> dict[str, float]:
        """Smallest effect of interest by outcome, where one is named."""
        named = {o: self.specification.smallest_effect(o) for o in (self.primary, *self.secondary)}
        return {outcome: amount for outcome, amount in named.items() if amount is not None}

    @property
    def hash(self) -> str:
        """SHA-256 of the plan: the specification, which outcome is primary and which are secondary."""
        plan = {
            "specification": self.specification.digest,
            "primary": self.primary,
            "secondary": sorted(self.secondary),
        }
        return hashlib.sha256(json.dumps(plan, sort_keys=True).encode()).hexdigest()

    @property
    def name(self) -> str:
        """First digits of the hash."""
        return self.hash[:SHORT]

    @property
    def saved(self) -> str:
        """When it was saved, in words."""
        return time_words(self.at) if self.at else "not yet"

    @property
    def outcomes_sentence(self) -> str:
        """Which outcome is primary, which are secondary, and what would matter."""
        named = {o: f"{o} (smallest change of interest {number_words(d)})" for o, d in self.smallest_effects.items()}
        rest = ", ".join(named.get(o, o) for o in self.secondary) or "none"
        return f"Primary outcome: {named[self.primary]}. Secondary: {rest}."

    @property
    def context(self) -> str:
        """What had been run when it was saved."""
        kind = "illustrative" if self.illustrative else "published"
        count = {0: "No specification", 1: "1 specification"}.get(
            self.runs_before, f"{self.runs_before} specifications"
        )
        said = f"{count} of the same model and primary outcome had been run on {kind} figures when it was saved."
        seen = " What it estimates had been shown already." if self.seen else ""
        return said + seen + (f" {self.doubt}" if self.doubt else "")

    def to_dict(self) -> dict[str, object]:
        """Tables `protocol` and `specification`, the hashes and the checksum among them."""
        about = {
            "primary": self.primary,
            "secondary": list(self.secondary),
            "at": self.at,
            "figures": self.edition,
            "illustrative": self.illustrative,
            "runs_before": self.runs_before,
            "seen": self.seen,
            "doubt": self.doubt,
            "note": self.note,
            "specification_hash": self.specification.hash,
            "hash": self.hash,
        }
        whole = {
            "protocol": {k: v for k, v in about.items() if v is not None},
            "specification": self.specification.to_dict(),
        }
        whole["protocol"]["checksum"] = checksum_of(whole)
        return whole

    def to_toml(self) -> str:
        """The protocol as a file; `Protocol.from_toml` gives the same back."""
        return HEADER + tomli_w.dumps(self.to_dict())

    @classmethod
    def from_toml(cls, text: str, *, where: str = "the protocol") -> Protocol:
        """Protocol from TOML text.

        Raises
        ------
        BadProtocol : it cannot be read, or does not match its own hashes
        """
        found = written(text, where=where)
        if found.faults:
            raise BadProtocol(f"{where} was changed after it was saved. {' '.join(found.faults)}")
        return found.protocol


@dataclass(frozen=True)
class Written:
    """A protocol as a file holds it, and where the file does not match what it says of itself ('' = nowhere)."""

    protocol: Protocol
    faults: tuple[str, ...]


@dataclass(frozen=True)
class Standing:
    """Whether a run was pre-specified or is exploratory, in a word and a sentence.

    Attributes
    ----------
    protocol : the first that was saved of its specification, before or after results were shown
    trouble : a sentence where the record of runs could not be read or written, else ''
    """

    word: str
    sentence: str
    protocol: Protocol | None = None
    trouble: str = ""

    @property
    def pre_specified(self) -> bool:
        """Whether a protocol was there first."""
        return self.word == PRE_SPECIFIED

    @property
    def line(self) -> str:
        """'pre-specified (protocol ab12..., saved 3 May 2026 at 10:15:02 UTC)' or 'exploratory'."""
        if self.pre_specified:
            return f"{self.word} (protocol {self.protocol.name}, saved {self.protocol.saved})"
        return self.word


UNREGISTERED = Standing(
    EXPLORATORY, "Exploratory: no protocol of this specification was saved before its results were shown."
)


def standing_of(protocol: Protocol | None, first_run: datetime.datetime | None, *, run_came_first: bool) -> Standing:
    """The standing of a specification's runs.

    Parameters
    ----------
    protocol : the first that was saved of it, if any
    first_run : when its results were first shown, if ever
    run_came_first : whether that was before the protocol was saved
    """
    if protocol is None:
        return UNREGISTERED
    saved = f"protocol {protocol.name} was saved on {protocol.saved}"
    if run_came_first:
        return Standing(
            EXPLORATORY,
            f"Exploratory: {saved}, but its results were seen before that: what it estimates was first shown on "
            f"{time_words(first_run)}.",
            protocol,
        )
    known = f" {protocol.context}" if protocol.runs_before or protocol.doubt else ""
    return Standing(PRE_SPECIFIED, f"Pre-specified: {saved}, before any result of it was shown.{known}", protocol)


def protocol_of(
    specification: Specification,
    primary: str,
    secondary: tuple[str, ...] = (),
    *,
    smallest_effects: Mapping[str, float] | None = None,
    note: str = "",
) -> Protocol:
    """A protocol not saved yet: the specification takes in the smallest effects named.

    Raises
    ------
    BadProtocol : its outcomes are not named as a protocol needs them
    BadSpecification : a smallest effect that cannot be used
    """
    given = specification.to_dict()
    named = dict(specification.estimator.smallest_effects) | dict(smallest_effects or {})
    given["estimator"] |= {"smallest_effects": named}
    return Protocol(Specification.from_dict(given), primary, tuple(secondary), note)


def refuse_unconfirmatory(protocol: Protocol, found: Study) -> None:
    """Refuse a plan that published figures cannot confirm, before any result is looked at.

    Raises
    ------
    BadProtocol : an adoption among the treated is recalled, or too many of an outcome's figures are suppressed
    CannotEstimate : an outcome has nothing to estimate from
    """
    recalled = found.treated[found.treated.confidence == RECALLED]
    if len(recalled):
        one = len(recalled) == 1
        raise BadProtocol(
            f"{', '.join(recalled.name)}: {'this adoption is' if one else 'these adoptions are'} recalled, on no published "
            f"page, and recalled is never confirmatory. Name the other adopters alone (treatment.authorities), or keep "
            "the analysis exploratory."
        )
    for place, outcome in enumerate(found.specification.outcomes):
        result = suppression(statuses_listed(cells_of(found, outcome_sample(found, place))))
        if result.verdict == FAILED:
            raise BadProtocol(f"refused for confirmatory use. {result.sentence} Leave it out.", outcome)


def number_words(value: float) -> str:
    """A number as it was given: 6 for 6.0."""
    return str(value).removesuffix(".0")


def time_words(at: datetime.datetime) -> str:
    """'3 May 2026 at 10:15:02 UTC'."""
    return f"{at.day} {at:%B %Y} at {at:%H:%M:%S} UTC"


def checksum_of(whole: Mapping[str, Mapping[str, object]]) -> str:
    """SHA-256 of every value in a protocol file, whatever its order and spacing; the checksum itself left out."""
    about = {k: v for k, v in whole["protocol"].items() if k != "checksum"}
    values = json.dumps({**whole, "protocol": about}, sort_keys=True, default=str)
    return hashlib.sha256(values.encode()).hexdigest()


def written(text: str, *, where: str = "the protocol") -> Written:
    """The protocol in TOML text, and each place where it does not match the hashes that it states.

    Raises
    ------
    BadProtocol, BadSpecification : it is no protocol at all
    """
    try:
        whole = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadProtocol(f"{where} is not TOML: {error}.") from error
    if set(whole) != {"protocol", "specification"} or not all(isinstance(t, dict) for t in whole.values()):
        raise BadProtocol(f"{where} is no protocol: it should hold two tables, [protocol] and [specification].")
    about = whole["protocol"]
    _refuse_misshapen(about, where)
    protocol = Protocol(
        Specification.from_dict(whole["specification"], where=where),
        about["primary"],
        tuple(about["secondary"]),
        about["note"],
        about["at"].astimezone(datetime.UTC),
        about["figures"],
        about["illustrative"],
        about["runs_before"],
        about["seen"],
        about["doubt"],
    )
    return Written(protocol, tuple(_faults(protocol, about, checksum_of(whole))))


KINDS = {
    "primary": str, "secondary": list, "at": datetime.datetime, "figures": str, "illustrative": bool, "runs_before": int,
    "seen": bool, "doubt": str, "note": str, "specification_hash": str, "hash": str, "checksum": str,
}  # fmt: skip


def _refuse_misshapen(about: Mapping[str, object], where: str) -> None:
    for key in (*KINDS, *about):
        if key not in KINDS:
            raise BadProtocol(f"{where}: no key 'protocol.{key}'.{did_you_mean(key, KINDS)}")
        if key not in about:
            raise BadProtocol(f"{where}: the key 'protocol.{key}' is missing.")
        value, kind = about[key], KINDS[key]
        of_kind = isinstance(value, kind) and (kind is bool or not isinstance(value, bool))
        if not of_kind or (kind is list and not all(isinstance(member, str) for member in value)):
            raise BadProtocol(f"{where}: protocol.{key} = {value!r} is not what a protocol holds there.")
    if about["at"].tzinfo is None:
        raise BadProtocol(f"{where}: protocol.at has no time zone. A saved protocol has UTC.")


def _faults(protocol: Protocol, about: Mapping[str, object], checksum: str) -> list[str]:
    """A sentence for each hash that does not match what the file holds."""
    faults = []
    if protocol.specification.hash != about["specification_hash"]:
        faults.append(
            f"The specification's hash is {protocol.specification.hash}; the file states {about['specification_hash']}."
        )
    if protocol.hash != about["hash"]:
        faults.append(f"The protocol's hash is {protocol.hash}; the file states {about['hash']}.")
    if checksum != about["checksum"]:
        faults.append("The checksum over every value of the file does not match: something in it was changed.")
    return faults


def read_protocol(file: Path) -> Written:
    """The protocol in a file.

    Raises
    ------
    BadProtocol, BadSpecification : there is none that can be read
    """
    return written(_text_of(file), where=str(file))


def specification_in(file: Path) -> Specification:
    """The specification in a file, which may be a protocol: then it must match its own hashes.

    Raises
    ------
    BadSpecification, BadProtocol : it cannot be used
    """
    try:
        whole = tomllib.loads(_text_of(file))
    except (BadProtocol, tomllib.TOMLDecodeError):
        return Specification.from_file(file)  # which says what is wrong
    if "protocol" in whole:
        return Protocol.from_toml(_text_of(file), where=str(file)).specification
    return Specification.from_dict(whole, where=str(file))


def _text_of(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise BadProtocol(f"There is no file {file}.") from error
    except (OSError, UnicodeDecodeError) as error:
        raise BadProtocol(why_unread(file, error)) from error
