"""The published files that data/sources/ names, fetched from the publisher and kept beside what is there."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from analytics.catalogue import Catalogue, FileLayout, Source, read_catalogue
from data import files
from data.fetching.keeping import Examined, Kept, examined, keep, refuse_heading
from data.fetching.ways import (
    FIXED,
    Addresses,
    Calendar,
    Offer,
    Wanted,
    by_hand,
    calendar,
    likeness,
    offers,
    read_addresses,
    wanted_of,
    ways_to,
    with_calendar,
)
from data.fetching.web import REFUSED, UNREACHED, WEB_PAGE, CannotFetch, NotWanted, Web

BASE_URL = "PRACTICE_BASE_URL"
LOCK = "download-lock.tmp"
UNFINISHED = ".download-"  # a name with a dot is never read by a build
MOST_LOOKED_AT = 60  # data sets of one publication whose heading is looked at on one way
ALIKE = 0.3  # share of title words from which it is worth saying why a data set was not taken


@dataclass(frozen=True)
class Step:
    """How far a download has come: one file on its way, or a table that is settled."""

    number: int  # of the table, from 1
    of: int
    title: str
    way: str  # '' for a table to which none led
    bytes: int = 0
    total: int | None = None
    settled: str = ""  # the sentence, once there is one


Watch = Callable[[Step], None]
CAUSES = {
    UNREACHED: "No publisher could be reached: is this machine online? If it is, a firewall may stand between, or a proxy "
    "must be named (HTTPS_PROXY). Then try again.",
    REFUSED: "Every publisher refused to answer: a proxy or a filter may stand between. Ask whoever runs it to let through "
    "the hosts that data/sources/ways.toml lists, and try again.",
    WEB_PAGE: "Web pages came where figures were expected: this network may want you to sign in first. Open any page in a "
    "browser, and try again.",
}


@dataclass(frozen=True)
class Outcome:
    """What became of one table."""

    wanted: Wanted
    kept: Kept | None
    way: str = ""
    newest_year: int | None = None
    told: tuple[str, ...] = ()  # what did not work on the way, in order
    noticed: tuple[str, ...] = ()  # of the editions that are here
    kinds: frozenset[str] = frozenset()  # of what did not work, as CannotFetch names them
    address: str = ""  # where a person finds it

    @property
    def sentence(self) -> str:
        """One line on it."""
        if self.kept is None:
            return f"Not fetched: {self.wanted.title} ({self.address})"
        to = f"to {self.newest_year}, " if self.newest_year else ""
        state = "new" if self.kept.is_new else "here already, unchanged"
        return f"{self.wanted.title}: {to}{state}, by {self.way}: {files.shown(self.kept.file)}"


@dataclass(frozen=True)
class Download:
    """What became of every table."""

    folder: Path
    outcomes: tuple[Outcome, ...]

    @property
    def fetched(self) -> int:
        """How many tables are there now, new or unchanged."""
        return sum(each.kept is not None for each in self.outcomes)

    @property
    def missing(self) -> tuple[Outcome, ...]:
        """Tables that were not fetched."""
        return tuple(each for each in self.outcomes if each.kept is None)

    @property
    def headline(self) -> str:
        """One sentence on all of it; where every way of every table failed alike, what may be the one cause."""
        of = len(self.outcomes)
        if not self.missing:
            return f"{of} of {of} tables are in {files.shown(self.folder)}."
        if self.fetched:
            return (
                f"{self.fetched} of {of} tables were fetched and are kept in {files.shown(self.folder)}. "
                f"{len(self.missing)} could not be fetched."
            )
        kinds = frozenset().union(*(each.kinds for each in self.outcomes))
        return CAUSES.get(next(iter(kinds)) if len(kinds) == 1 else "", f"None of the {of} tables could be fetched.")

    def sentences(self) -> Iterator[str]:
        """The headline; then a line on every table, the missing ones first with how to get them by hand."""
        yield self.headline
        yield from (each.sentence for each in self.missing)
        if self.missing:
            yield by_hand(self.folder)
        for each in self.outcomes:
            if each.kept is not None:
                yield each.sentence
                yield from (f"  {line}" for line in each.noticed)

    def details(self) -> Iterator[str]:
        """Lines on every table with all that did not work on the way to it."""
        for each in self.outcomes:
            yield each.sentence
            yield from (f"  {line}" for line in (*each.told, *each.noticed))


def download(
    folder: Path,
    *,
    base_url: str | None = None,
    watch: Watch = lambda step: None,
    web: Web | None = None,
    catalogue: Catalogue | None = None,
) -> Download:
    """Fetches every table of the catalogue; a failure of one leaves the others and all that was there.

    Parameters
    ----------
    folder : of extracts; each source has a folder in it
    base_url : one address in place of all hosts, for mirrors and tests; else the one that PRACTICE_BASE_URL names
    watch : told of every step; what it raises stops the download and leaves nothing half

    Raises
    ------
    CannotFetch : the base address cannot be used
    CannotWrite : the folder cannot be written to, or another download is running there
    """
    catalogue, addresses = catalogue or read_catalogue(), read_addresses()
    with files.sentences_for_disk_errors(folder, "The published files"):
        folder.mkdir(parents=True, exist_ok=True)
        with (
            files.locked(folder, LOCK, seconds=0, what="download"),
            _workplace(folder) as workplace,
            web or Web(addresses.hosts, _named(base_url)) as opened,
        ):
            publications = _publications(catalogue)
            wanted = {key: found for _, publication in publications for key, found in publication.items()}
            errand = _Errand(opened, addresses, catalogue, folder, workplace, watch, len(wanted))
            for source, publication in publications:
                errand.fetch_publication(source, publication)
            return Download(folder, tuple(errand.outcomes[key] for key in wanted))


def _named(base_url: str | None) -> str | None:
    """The base address asked for, else the one of the environment, None where there is neither."""
    return os.environ.get(BASE_URL) or None if base_url is None else base_url


@contextlib.contextmanager
def _workplace(folder: Path) -> Iterator[Path]:
    """A hidden folder for what is not finished, gone afterwards; those of killed downloads go first."""
    for left_over in folder.glob(f"{UNFINISHED}*"):
        shutil.rmtree(left_over, ignore_errors=True)
    place = Path(tempfile.mkdtemp(prefix=UNFINISHED, dir=folder))
    try:
        yield place
    finally:
        shutil.rmtree(place, ignore_errors=True)


def _publications(catalogue: Catalogue) -> list[tuple[Source, dict[str, Wanted]]]:
    """What is wanted of each publication, under its first source: sources with one slug are published together."""
    found: dict[str, tuple[Source, dict[str, Wanted]]] = {}
    for source in catalogue.sources:
        _, wanted = found.setdefault(source.slug or source.source, (source, {}))
        wanted |= {each.key: each for each in wanted_of(source)}
    return list(found.values())


@dataclass
class _Errand:
    """One download under way."""

    web: Web
    addresses: Addresses
    catalogue: Catalogue
    folder: Path
    workplace: Path
    watch: Watch
    of: int
    outcomes: dict[str, Outcome] = field(default_factory=dict)
    told: dict[str, list[str]] = field(default_factory=dict)
    noticed: dict[str, list[str]] = field(default_factory=dict)
    kinds: dict[str, set[str]] = field(default_factory=dict)
    settled: int = 0
    calendars: dict[str, Calendar | None] = field(default_factory=dict)

    def fetch_publication(self, source: Source, wanted: dict[str, Wanted]) -> None:
        """Everything wanted of a publication, way by way until all is here."""
        for found in (self.told, self.noticed):
            found |= {key: [] for key in wanted}
        self.kinds |= {key: set() for key in wanted}
        for way in ways_to(source):
            missing = {key: each for key, each in wanted.items() if not self._is_settled(key)}
            if not missing:
                break
            self._take(way, source, missing)
        for key, each in wanted.items():
            outcome = self.outcomes.get(key, Outcome(each, None))
            self.outcomes[key] = replace(
                outcome,
                told=tuple(self.told[key]),
                noticed=tuple(self.noticed[key]),
                kinds=frozenset(self.kinds[key]),
                address=self.catalogue.source(each.layout.source).address,
            )
            self._settled(self.outcomes[key])

    def _is_settled(self, key: str) -> bool:
        """Whether a table is here in an edition that is no older than the one known."""
        outcome = self.outcomes.get(key)
        return outcome is not None and not self._is_old(outcome.wanted.layout, outcome.newest_year)

    def _is_old(self, layout: FileLayout, newest_year: int | None) -> bool:
        return newest_year is not None and newest_year < self.catalogue.source(layout.source).released_to

    def _take(self, way: str, source: Source, missing: dict[str, Wanted]) -> None:
        """What one way has of what is missing; taken out of `missing`, the rest told of."""
        try:
            offered = offers(way, self.web, self.addresses, source, missing.values())
        except CannotFetch as failure:
            self._tell(missing, f"By {way}: {failure}", failure.kind)
            return
        for offer in offered[:MOST_LOOKED_AT]:
            if not missing:
                return
            if offer.wanted and offer.wanted not in missing:
                continue
            try:
                taken = self._taken(offer, source, missing)
            except (CannotFetch, NotWanted) as failure:
                self._tell_nearest(offer, failure, missing)
            else:
                missing.pop(taken)
        if missing and way != FIXED:
            self._tell(missing, f"By {way}: none of {len(offered)} data sets offered is this table.")

    def _taken(self, offer: Offer, source: Source, missing: dict[str, Wanted]) -> str:
        """Fetches, examines and keeps one data set; key of what it is."""
        keys = {each.layout.key: key for key, each in missing.items() if offer.wanted in ("", key)}
        part = self.workplace / "part"
        part.unlink(missing_ok=True)
        number = min(len(self.outcomes) + 1, self.of)

        def progress(so_far: int, total: int | None) -> None:
            self.watch(Step(number, self.of, offer.title, offer.way, so_far, total))

        def peek(start: bytes) -> None:
            refuse_heading(start, offer.title, self.catalogue, keys)

        fetched = self.web.file(offer.address, part, peek=peek, progress=progress)
        found = examined(part, offer, fetched, self.catalogue, keys)
        key = keys[found.layout.key]
        before = self.outcomes.get(key)
        if before is not None and before.newest_year >= found.newest_year:
            self.noticed[key].append(f"By {offer.way}: an edition to {found.newest_year}, no newer, so that one stays.")
            return key
        latest = self._calendar(source)
        kept = keep(
            found,
            with_calendar(offer, latest) if latest else offer,
            fetched,
            self.folder,
            self.workplace,
            datetime.now(UTC).replace(microsecond=0),
        )
        self.outcomes[key] = Outcome(missing[key], kept, offer.way, found.newest_year)
        self._tell_age(key, found, kept, offer)
        return key

    def _calendar(self, source: Source) -> Calendar | None:
        """When the next release is due, asked once; not knowing it stops nothing."""
        if not source.slug:
            return None
        if source.slug not in self.calendars:
            self.calendars[source.slug] = None
            for slug in (source.slug, *source.other_slugs):
                with contextlib.suppress(CannotFetch):
                    self.calendars[source.slug] = calendar(self.web, self.addresses, slug, attempts=1)
                    break
        return self.calendars[source.slug]

    def _tell_age(self, key: str, found: Examined, kept: Kept, offer: Offer) -> None:
        if self._is_old(found.layout, found.newest_year):
            known = self.catalogue.source(found.layout.source).released_to
            self.noticed[key].append(
                f"By {offer.way}: an older edition, '{offer.title}' to {found.newest_year}, where one to {known} is known. "
                "It was kept, and the next way tried."
            )
        if kept.held_year is not None and found.newest_year is not None and kept.held_year > found.newest_year:
            self.noticed[key].append(
                f"An edition to {kept.held_year} is here already. Both are kept; the newer one gives the figures."
            )

    def _tell_nearest(self, offer: Offer, failure: Exception, missing: dict[str, Wanted]) -> None:
        """Says why an offer was not taken, to what it might have been."""
        named = [key for key, each in missing.items() if _might_be(offer, each, str(failure))]
        self._tell(named, f"By {offer.way}: {failure}", getattr(failure, "kind", ""))

    def _tell(self, keys: Iterable[str], sentence: str, kind: str = "") -> None:
        for key in keys:
            self.told[key].append(sentence)
            self.kinds[key].add(kind)

    def _settled(self, outcome: Outcome) -> None:
        self.settled += 1
        self.watch(Step(self.settled, self.of, outcome.wanted.title, outcome.way, settled=outcome.sentence))


def _might_be(offer: Offer, wanted: Wanted, failure: str) -> bool:
    """Whether an offer that was not taken is worth telling of to someone who misses a table."""
    if offer.wanted:
        return offer.wanted == wanted.key
    return f"'{wanted.layout.title}'" in failure or likeness(offer.title, wanted.title) >= ALIKE
