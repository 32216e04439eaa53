"""The published files that data/sources/ names, fetched from the publisher and kept beside what is there."""

from __future__ import annotations

import contextlib
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
from data.fetching.web import CannotFetch, NotWanted, Web

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
    way: str
    bytes: int = 0
    total: int | None = None
    settled: str = ""  # the sentence, once there is one


Watch = Callable[[Step], None]


@dataclass(frozen=True)
class Outcome:
    """What became of one table."""

    wanted: Wanted
    kept: Kept | None
    way: str = ""
    newest_year: int | None = None
    told: tuple[str, ...] = ()  # what did not work on the way, in order
    by_hand: str = ""

    @property
    def sentence(self) -> str:
        """One line on it."""
        if self.kept is None:
            return f"{self.wanted.title}: not fetched."
        to = f"to {self.newest_year}, " if self.newest_year else ""
        state = "new" if self.kept.is_new else "here already, unchanged"
        return f"{self.wanted.title}: {to}{state}, by {self.way}: {self.kept.file}"


@dataclass(frozen=True)
class Download:
    """What became of every table."""

    folder: Path
    outcomes: tuple[Outcome, ...]

    @property
    def fetched(self) -> int:
        """How many tables are there now, new or unchanged."""
        return sum(each.kept is not None for each in self.outcomes)

    def sentences(self) -> Iterator[str]:
        """Lines on every table: where it is, or why not and how to get it by hand."""
        said: set[str] = set()
        for each in self.outcomes:
            yield each.sentence
            yield from (f"  {line}" for line in each.told if each.kept is None or line not in said)
            said |= set(each.told)
            if each.kept is None:
                yield f"  {each.by_hand}"
        yield f"{self.fetched} of {len(self.outcomes)} tables are in {self.folder}."


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
    base_url : one address in place of all hosts, for mirrors and tests
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
            web or Web(addresses.hosts, base_url) as opened,
        ):
            publications = _publications(catalogue)
            wanted = {key: found for _, publication in publications for key, found in publication.items()}
            errand = _Errand(opened, addresses, catalogue, folder, workplace, watch, len(wanted))
            for source, publication in publications:
                errand.fetch_publication(source, publication)
            return Download(folder, tuple(errand.outcomes[key] for key in wanted))


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
    settled: int = 0
    calendars: dict[str, Calendar | None] = field(default_factory=dict)

    def fetch_publication(self, source: Source, wanted: dict[str, Wanted]) -> None:
        """Everything wanted of a publication, way by way until all is here."""
        self.told |= {key: [] for key in wanted}
        for way in ways_to(source):
            missing = {key: each for key, each in wanted.items() if not self._is_settled(key)}
            if not missing:
                break
            self._take(way, source, missing)
        for key, each in wanted.items():
            outcome = self.outcomes.get(key, Outcome(each, None))
            hand = by_hand(self.catalogue.source(each.layout.source), each, self.folder)
            self.outcomes[key] = replace(outcome, told=tuple(self.told[key]), by_hand=hand)
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
            self._tell(missing, f"By {way}: {failure}")
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
            self.told[key].append(f"By {offer.way}: an edition to {found.newest_year}, no newer, so that one stays.")
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
            self.told[key].append(
                f"By {offer.way}: an older edition, '{offer.title}' to {found.newest_year}, where one to {known} is known. "
                "It was kept, and the next way tried."
            )
        if kept.held_year is not None and found.newest_year is not None and kept.held_year > found.newest_year:
            self.told[key].append(
                f"An edition to {kept.held_year} is here already. Both are kept; the newer one gives the figures."
            )

    def _tell_nearest(self, offer: Offer, failure: Exception, missing: dict[str, Wanted]) -> None:
        """Says why an offer was not taken, to what it might have been."""
        named = [key for key, each in missing.items() if _might_be(offer, each, str(failure))]
        self._tell(named, f"By {offer.way}: {failure}")

    def _tell(self, keys: Iterable[str], sentence: str) -> None:
        for key in keys:
            self.told[key].append(sentence)

    def _settled(self, outcome: Outcome) -> None:
        self.settled += 1
        self.watch(Step(self.settled, self.of, outcome.wanted.title, outcome.way, settled=outcome.sentence))


def _might_be(offer: Offer, wanted: Wanted, failure: str) -> bool:
    """Whether an offer that was not taken is worth telling of to someone who misses a table."""
    if offer.wanted:
        return offer.wanted == wanted.key
    return f"'{wanted.layout.title}'" in failure or likeness(offer.title, wanted.title) >= ALIKE
