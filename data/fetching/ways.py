"""The ways to a publication's data sets, in the order of trust: statistics API, release page, fixed address."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

from analytics.catalogue import DATA, FileLayout, Source
from analytics.errors import BadFacts
from data.fetching.web import CannotFetch, Web
from data.files import shown

API, RELEASE_PAGE, FIXED = "statistics API", "release page", "fixed address"
WAYS = (API, RELEASE_PAGE, FIXED)
MOST_PAGES = 50  # of a list that is handed out page by page
NOT_OFFERED = ("withdrawn",)  # states of a data set on the API
PAGE_BLOCK = re.compile(r'<script[^>]*\bid="__NEXT_DATA__"[^>]*>(.*?)</script>', re.DOTALL)

_WORD = re.compile(r"[a-z]+\d*")


@dataclass(frozen=True)
class Addresses:
    """The facts of data/sources/ways.toml: hosts, and addresses with places for names."""

    hosts: tuple[str, ...]
    api: dict[str, str]
    release_page: dict[str, str]
    repositories: dict[str, str]


@dataclass(frozen=True)
class Offer:
    """One data set that a way offers: what it is called there, where its file is, and of which release it is."""

    way: str
    title: str
    address: str
    data_set: str = ""
    release: str = ""
    released: str = ""  # day or time of publication as the host writes it, '' where it does not say
    next_release: str = ""  # day, month or year, as far as announced
    wanted: str = ""  # where it is offered as one thing only, the key of that


@dataclass(frozen=True)
class Wanted:
    """One thing to fetch: a table of a publication, or one file of a table that is only at fixed addresses."""

    layout: FileLayout
    fixed: tuple[str, ...]
    key: str
    title: str


@dataclass(frozen=True)
class Calendar:
    """What the publication endpoint says: the latest release, and when the next is due."""

    release: str
    release_title: str
    next_release: str


def read_addresses(file: Path = DATA / "sources" / "ways.toml") -> Addresses:
    """The addresses of the ways.

    Raises
    ------
    BadFacts
    """
    try:
        facts = tomllib.loads(file.read_text(encoding="utf-8"))
        return Addresses(tuple(facts["hosts"]), facts["api"], facts["release_page"], facts["repositories"])
    except (OSError, ValueError, KeyError) as error:
        raise BadFacts(f"{file.name} of data/sources cannot be used: {error!r}") from error


def wanted_of(source: Source) -> list[Wanted]:
    """What is fetched of a source.

    Without a publication on explore education statistics (no slug), every file of `fixed` is wanted for itself.
    """
    if source.slug:
        return [Wanted(layout, layout.fixed, layout.key, layout.title) for layout in source.files]
    return [
        Wanted(layout, (each,), f"{layout.key} {each}", f"{layout.title} ({each.partition('/')[2]})")
        for layout in source.files
        for each in layout.fixed
    ]


def ways_to(source: Source) -> tuple[str, ...]:
    """The ways that can lead to a source."""
    return WAYS if source.slug else (FIXED,)


def offers(way: str, web: Web, addresses: Addresses, source: Source, wanted: Iterable[Wanted]) -> list[Offer]:
    """What a way offers of a source's publication, likeliest first for what is wanted.

    Raises
    ------
    CannotFetch : the way does not lead there, or is not as it is documented
    """
    wanted = list(wanted)
    if way == FIXED:
        return [offer for each in wanted for offer in _fixed(addresses, each)]
    found = _api(web, addresses, source) if way == API else _release_page(web, addresses, source)
    return sorted(found, key=lambda offer: -max(likeness(offer.title, each.title) for each in wanted))


def likeness(title: str, other: str) -> float:
    """Share (0-1) of the words of two titles that are in both; years do not count."""
    words, others = _words(title), _words(other)
    return len(words & others) / max(1, len(words | others))


def calendar(web: Web, addresses: Addresses, slug: str, *, attempts: int | None = None) -> Calendar:
    """The latest release of a publication and when the next is due.

    Raises
    ------
    CannotFetch
    """
    address = _filled(addresses.release_page["publication"], slug=slug)
    found = web.json(address, attempts=attempts)
    latest = found.get("latestRelease")
    if not isinstance(latest, dict) or not isinstance(latest.get("slug"), str):
        raise CannotFetch(f"{web.mapped(address)} names no latestRelease with a slug: its answer has changed.")
    due = found.get("nextReleaseDate") or {}
    parts = [due.get(key) for key in ("year", "month", "day")] if isinstance(due, dict) else []
    known = [str(part).zfill(2) for part in parts[: parts.index(None) if None in parts else 3] if part != ""]
    return Calendar(latest["slug"], str(latest.get("title", "")), "-".join(known))


# 1, the statistics API


def _api(web: Web, addresses: Addresses, source: Source) -> list[Offer]:
    publication = _publication(web, addresses, source)
    listed = _paged(web, addresses.api["data_sets"], publication=publication)
    return [offer for each in listed if (offer := _data_set(each, addresses)) is not None]


def _publication(web: Web, addresses: Addresses, source: Source) -> str:
    """Id of the publication, found by its slug or else by its title."""
    slugs = (source.slug, *source.other_slugs)
    seen: list[str] = []
    for search in dict.fromkeys((source.title, source.slug.replace("-", " "))):
        for each in _paged(web, addresses.api["publications"], search=search):
            if each.get("slug") in slugs or _words(str(each.get("title", ""))) == _words(source.title):
                return _text(each, "id", "a publication of the statistics API")
            seen.append(str(each.get("slug")))
    shown = ", ".join(dict.fromkeys(seen[:5])) or "none"
    raise CannotFetch(f"The statistics API lists no publication '{source.slug}'. It found: {shown}.")


def _data_set(each: dict[str, Any], addresses: Addresses) -> Offer | None:
    """The offer of a data set of the API, None where it was withdrawn."""
    if str(each.get("status", "")).lower() in NOT_OFFERED:
        return None
    data_set = _text(each, "id", "a data set of the statistics API")
    latest = each.get("latestVersion")
    latest = latest if isinstance(latest, dict) else {}
    release = latest.get("release")
    return Offer(
        way=API,
        title=str(each.get("title", "")),
        address=_filled(addresses.api["csv"], data_set=data_set),
        data_set=data_set,
        release=str(release.get("title", "")) if isinstance(release, dict) else "",
        released=str(latest.get("published") or ""),
    )


def _paged(web: Web, template: str, **values: str) -> Iterator[dict[str, Any]]:
    """Results of all pages of a list."""
    for page in range(1, MOST_PAGES + 1):
        address = _filled(template, page=str(page), **values)
        answer = web.json(address)
        paging, results = answer.get("paging"), answer.get("results")
        pages = paging.get("totalPages") if isinstance(paging, dict) else None
        if not isinstance(pages, int) or not isinstance(results, list):
            keys = ", ".join(sorted(answer)) or "nothing"
            raise CannotFetch(
                f"{web.mapped(address)} is not as documented: no paging block with totalPages, or no list of results. "
                f"It has: {keys}."
            )
        yield from (each for each in results if isinstance(each, dict))
        if page >= pages:
            return
    raise CannotFetch(f"{web.mapped(address)}: more than {MOST_PAGES} pages, which no such list has.")


# 2, the release page


def _release_page(web: Web, addresses: Addresses, source: Source) -> list[Offer]:
    failures = []
    for slug in (source.slug, *source.other_slugs):
        try:
            latest = calendar(web, addresses, slug)
        except CannotFetch as failure:
            failures.append(failure)
            continue
        return list(_guidance(web, addresses, slug, latest))
    kinds = {failure.kind for failure in failures}
    raise CannotFetch(" ".join(map(str, failures)), kinds.pop() if len(kinds) == 1 else "")


def _guidance(web: Web, addresses: Addresses, slug: str, latest: Calendar) -> Iterator[Offer]:
    """Data sets that the data-guidance page of a release names in its block."""
    address = _filled(addresses.release_page["data_guidance"], slug=slug, release=latest.release)
    block = PAGE_BLOCK.search(web.page(address, "html"))
    if block is None:
        raise CannotFetch(f"{web.mapped(address)} carries no __NEXT_DATA__ block any more: the page was rebuilt.")
    try:
        content = json.loads(block[1])
    except ValueError as error:
        raise CannotFetch(f"The __NEXT_DATA__ block of {web.mapped(address)} does not parse: {error}.") from error
    found = {each["dataSetFileId"]: each for each in _objects(content) if _is_data_set(each)}
    if not found:
        raise CannotFetch(
            f"The __NEXT_DATA__ block of {web.mapped(address)} names no data set (dataSetFileId, title): it has changed."
        )
    published = next((str(each["published"]) for each in _objects(content) if _is_release(each, latest.release)), "")
    for data_set, each in found.items():
        yield Offer(
            way=RELEASE_PAGE,
            title=each["title"],
            address=_filled(addresses.release_page["csv"], data_set=data_set),
            data_set=data_set,
            release=latest.release_title or latest.release,
            released=published,
            next_release=latest.next_release,
        )


def _objects(content: Any) -> Iterator[dict[str, Any]]:
    """Every object of a JSON value, wherever it stands: the page has no contract."""
    waiting = [content]
    while waiting:
        each = waiting.pop(0)
        if isinstance(each, dict):
            yield each
            waiting.extend(each.values())
        elif isinstance(each, list):
            waiting.extend(each)


def _is_data_set(each: dict[str, Any]) -> bool:
    return all(isinstance(each.get(key), str) and each[key] for key in ("dataSetFileId", "title"))


def _is_release(each: dict[str, Any], slug: str) -> bool:
    return each.get("slug") == slug and isinstance(each.get("published"), str)


# 3, a fixed address


def _fixed(addresses: Addresses, wanted: Wanted) -> Iterator[Offer]:
    for each in wanted.fixed:
        repository, _, file = each.partition("/")
        if repository not in addresses.repositories or not file:
            known = ", ".join(addresses.repositories)
            raise BadFacts(
                f"data/sources/{wanted.layout.source}/source.toml, [[file]] {wanted.layout.file}, fixed: '{each}' begins "
                f"with no repository of data/sources/ways.toml. Known: {known}."
            )
        address = _filled(addresses.repositories[repository], file=file)
        yield Offer(way=FIXED, title=Path(file).stem, address=address, wanted=wanted.key)


# 4, by hand


def by_hand(folder: Path) -> str:
    """The sentence that says what to do with the address of a table that was not fetched."""
    return (
        "By hand: open its address, download the table of that name (as CSV where there is a choice; the years in its "
        f"title may differ), and put it into {shown(folder)} under any name. Then: python -m data build --from {shown(folder)}"
    )


def with_calendar(offer: Offer, latest: Calendar) -> Offer:
    """The offer with what the publication endpoint adds."""
    return replace(
        offer,
        release=offer.release or latest.release_title or latest.release,
        next_release=offer.next_release or latest.next_release,
    )


def _filled(template: str, **values: str) -> str:
    return template.format(**{key: quote(value, safe="") for key, value in values.items()})


def _words(title: str) -> set[str]:
    return set(_WORD.findall(title.lower())) - {"to", "of", "and", "the", "by", "in", "a", "at", "or", "for", "s"}


def _text(each: dict[str, Any], key: str, what: str) -> str:
    if not isinstance(each.get(key), str) or not each[key]:
        raise CannotFetch(f"{what} has no '{key}': its answer has changed.")
    return each[key]
