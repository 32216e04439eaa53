"""Fetching the published files, from a publisher on this machine; nothing here asks any other host."""

from __future__ import annotations

import contextlib
import dataclasses
import gzip
import socket
import tomllib
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from analytics.catalogue import read_catalogue
from analytics.errors import BadFacts
from analytics.warehouse import open_warehouse
from data import __main__ as command_line
from data import files
from data.download import LOCK, Step, download
from data.fetching import ways
from data.fetching.keeping import sidecar, slug
from data.fetching.terminal import progress_sentence
from data.fetching.web import CannotFetch, Limits, Web
from data.files import CannotWrite
from tests.data.publisher import (
    CSV,
    HTML,
    JSON,
    Answer,
    Publisher,
    data_set,
    guidance_block,
    listed,
    long_table,
    problem,
    publication,
    serve,
    table,
    zipped,
)

B1, C1, D3, POPULATION = "children_in_need/b1", "children_in_need/c1", "children_in_need/d3", "population/mid_year"
CIN = "children-in-need"
EVERYTHING = read_catalogue()


def only(*keys):
    """The catalogue with some of its tables."""
    sources = []
    for source in EVERYTHING.sources:
        layouts = tuple(each for each in source.files if each.key in keys)
        names = [each.file for each in layouts]
        indicators = tuple(each for each in source.indicators if each.file in names)
        if layouts:
            sources.append(dataclasses.replace(source, files=layouts, indicators=indicators))
    return dataclasses.replace(EVERYTHING, sources=tuple(sources))


JUST_B1 = only(B1)
EIGHT = only(*(each.key for source in EVERYTHING.sources if source.slug for each in source.files))


@pytest.fixture(autouse=True)
def _no_other_host(monkeypatch):
    """Whatever asks for another machine fails."""
    found = socket.getaddrinfo

    def refused(host, *given, **named):
        assert host in ("127.0.0.1", "localhost", "::1"), f"a test asked for {host}"
        return found(host, *given, **named)

    monkeypatch.setattr(socket, "getaddrinfo", refused)


@pytest.fixture
def publisher():
    publisher = Publisher()
    server = serve(publisher)
    yield publisher
    server.shutdown()
    server.server_close()


@pytest.fixture
def waits():
    """Seconds that a download would have waited."""
    return []


@pytest.fixture
def fetch(publisher, tmp_path, waits):
    """Downloads from the publisher of the test, without waiting."""

    def fetched(catalogue=JUST_B1, watch=lambda step: None, **limits):
        limits = Limits(**{"read_seconds": 2, "connect_seconds": 2, **limits})
        web = Web(("x",), publisher.address, limits, sleep=waits.append, chance=lambda: 1)
        return download(tmp_path / "extracts", web=web, catalogue=catalogue, watch=watch)

    return fetched


@pytest.fixture
def on_api(publisher):
    """Puts B1 on the API with the answers given."""

    def put(*answers, title="B1: Children in need, 2013 to 2025"):
        publisher.has_publications(CIN)
        publisher.has_data_sets(CIN, {"d1": title})
        publisher.has_api_file("d1", *answers)

    return put


def kept(tmp_path):
    """Names of all that is in the folder of extracts, the lock aside."""
    folder = tmp_path / "extracts"
    return sorted(str(each.relative_to(folder)) for each in folder.rglob("*") if each.is_file() and each.name != LOCK)


def b1_text(**given):
    return table(EVERYTHING, B1, **given)


# The ways, in their order


def test_the_api_comes_first_with_its_pages_and_gzip(publisher, fetch, tmp_path):
    catalogue = only(B1, C1, D3, POPULATION)
    publisher.has_publications("attainment", "absence", CIN, pages=3)
    titles = {
        "d1": "B1 Children in need",
        "d2": "C1: Referrals",
        "d3": "D3: Second plans",
        "d4": "Population estimates",
    }
    publisher.has_data_sets(CIN, titles, pages=2)
    publisher.on(f"/api/publications/{CIN}", publication(CIN))
    for name, key in zip(titles, (B1, C1, D3, POPULATION), strict=True):
        publisher.has_api_file(name, zipped(table(catalogue, key)))
    found = fetch(catalogue)
    assert found.fetched == 4
    assert {each.way for each in found.outcomes} == {ways.API}
    assert [each.told for each in found.outcomes] == [()] * 4
    (b1,) = [each for each in found.outcomes if each.wanted.key == B1]
    assert b1.kept.file.read_bytes() == b1_text()
    assert b1.kept.file.parent.name == "children_in_need"
    assert publisher.asked()[f"/find-statistics/{CIN}/2025/data-guidance"] == 0


def test_beside_each_file_stands_where_it_came_from(fetch, on_api, publisher):
    on_api(zipped(b1_text(), etag='"v1"'))
    publisher.on(f"/api/publications/{CIN}", publication(CIN))
    (outcome,) = fetch().outcomes
    facts = tomllib.loads(sidecar(outcome.kept.file).read_text(encoding="utf-8"))
    assert facts["table"] == B1
    assert facts["title"] == "B1: Children in need, 2013 to 2025"
    assert facts["way"] == ways.API
    assert facts["release"] == "Reporting year 2025"
    assert facts["released"] == "2025-11-20T09:30:00Z"
    assert facts["next_release"] == "2026-10", "as far as announced"
    assert facts["newest_year"] == 2025
    assert facts["bytes"] == len(b1_text())
    assert facts["etag"] == '"v1"'
    assert facts["retrieved"].tzinfo is not None
    assert facts["address"].endswith("/statistics/v1/data-sets/d1/csv")
    assert outcome.kept.file.name == f"b1-children-in-need-2013-to-2025_{facts['sha256'][:12]}.csv"


def test_the_publication_is_found_under_its_other_name(publisher, fetch):
    publisher.has_publications("characteristics-of-children-in-need")
    publisher.has_data_sets("characteristics-of-children-in-need", {"d1": "B1"})
    publisher.has_api_file("d1", zipped(b1_text()))
    assert fetch().fetched == 1


def test_the_release_page_is_next(publisher, fetch):
    publisher.has_publications("absence")
    publisher.has_release(CIN, {"x1": "C3: Factors at the end of assessment", "x2": "B1: Children in need"})
    publisher.has_catalogue_file("x2", Answer(b1_text()))
    (outcome,) = fetch().outcomes
    assert outcome.way == ways.RELEASE_PAGE
    assert outcome.told == (
        "By statistics API: The statistics API lists no publication 'children-in-need'. It found: absence.",
    )
    facts = tomllib.loads(sidecar(outcome.kept.file).read_text(encoding="utf-8"))
    assert (facts["released"], facts["next_release"]) == ("2025-11-20T09:30:00Z", "2026-10")


def test_the_fixed_address_is_third(publisher, fetch):
    publisher.has_fixed_file(JUST_B1.files[B1], Answer(b1_text(), "text/plain; charset=utf-8"))
    (outcome,) = fetch().outcomes
    assert outcome.way == ways.FIXED
    assert [told.split(":")[0] for told in outcome.told] == ["By statistics API", "By release page"]


def test_what_no_way_has_is_told_with_what_to_do(fetch, tmp_path):
    found = fetch()
    (outcome,) = found.outcomes
    assert outcome.kept is None
    assert [told.split(":")[0] for told in outcome.told] == [f"By {way}" for way in ways.WAYS]
    assert list(found.sentences()) == [
        "None of the 1 tables could be fetched.",
        "Not fetched: B1: Children in need, 2013 to 2025 "
        "(https://explore-education-statistics.service.gov.uk/find-statistics/children-in-need)",
        "By hand: open its address, download the table of that name (as CSV where there is a choice; the years in its "
        f"title may differ), and put it into {tmp_path / 'extracts'} under any name. "
        f"Then: python -m data build --from {tmp_path / 'extracts'}",
    ]
    assert [line.strip() for line in found.details()][1:] == list(outcome.told)
    assert kept(tmp_path) == []


# Every way of every table alike


def test_without_a_network_one_plain_sentence_comes_first(tmp_path, waits):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    web = Web((), f"http://127.0.0.1:{port}", sleep=waits.append)
    found = download(tmp_path, web=web, catalogue=only(B1, "workforce/indicators"))
    headline, *missing, _ = found.sentences()
    assert headline.startswith("No publisher could be reached: is this machine online?")
    assert [line.split(" (https://")[0] for line in missing] == [
        "Not fetched: B1: Children in need, 2013 to 2025",
        f"Not fetched: {EVERYTHING.files['workforce/indicators'].title}",
    ]
    assert not [line for line in found.sentences() if "Errno" in line or "refused" in line or "127.0.0.1" in line]
    assert len([line for line in found.details() if "cannot be reached" in line]) == 6, "three ways to two tables"


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        pytest.param(problem(403), "Every publisher refused to answer: a proxy or a filter", id="a filter"),
        pytest.param(
            Answer(b"<html>Sign in</html>", HTML), "this network may want you to sign in", id="a sign-in page"
        ),
        pytest.param(problem(404), "None of the 1 tables could be fetched.", id="nothing that has one cause"),
    ],
)
def test_what_stands_before_every_host_is_named(publisher, fetch, monkeypatch, answer, says):
    monkeypatch.setattr(publisher, "answer", lambda path, query: answer)
    assert says in fetch().headline


def test_one_way_that_is_otherwise_is_no_common_cause(publisher, fetch, monkeypatch):
    answers = {"statistics": problem(404), "api": problem(403), "dfe-analytical-services": problem(403)}
    monkeypatch.setattr(publisher, "answer", lambda path, query: answers[path.split("/")[1]])
    assert fetch().headline == "None of the 1 tables could be fetched."


@pytest.mark.parametrize(
    ("block", "says"),
    [
        pytest.param("", "carries no __NEXT_DATA__ block any more", id="no block"),
        pytest.param(guidance_block({}), "names no data set (dataSetFileId, title): it has changed", id="no data sets"),
        pytest.param(
            guidance_block({"x": "B1"}).replace("dataSetFileId", "fileIdentifier"), "names no data set", id="other keys"
        ),
        pytest.param('<script id="__NEXT_DATA__">{"props": </script>', "does not parse", id="not JSON"),
    ],
)
def test_a_changed_page_block_is_told(publisher, fetch, block, says):
    publisher.has_release(CIN, {}, block=block)
    (outcome,) = fetch().outcomes
    assert says in " ".join(outcome.told)


def test_the_block_may_be_arranged_otherwise(publisher, fetch):
    moved = guidance_block({"x1": "B1: Children in need"}).replace('"dataContent"', '"release"').replace("props", "p")
    publisher.has_release(CIN, {}, block=moved)
    publisher.has_catalogue_file("x1", Answer(b1_text()))
    assert fetch().fetched == 1


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        pytest.param(Answer(b"[]", JSON), "answered with a list, not a JSON object", id="a list"),
        pytest.param(Answer(b"{", JSON), "does not parse", id="broken JSON"),
        pytest.param(Answer(b'{"results": []}', JSON), "no paging block", id="no paging"),
        pytest.param(Answer(b'{"paging": {"totalPages": 1}, "results": 3}', JSON), "It has: paging", id="no results"),
        pytest.param(listed([], 1, 9999, 0), "more than 50 pages", id="pages without end"),
        pytest.param(listed([{"slug": CIN}], 1, 1, 1), "has no 'id'", id="no id"),
        pytest.param(Answer(b"<html></html>", HTML), "a web page, perhaps an error page, where JSON", id="a web page"),
        pytest.param(problem(403), "a proxy or a filter may stand between", id="refused"),
    ],
)
def test_a_changed_api_is_told_and_the_next_way_tried(publisher, fetch, answer, says):
    publisher.on("/statistics/v1/publications", answer)
    publisher.has_fixed_file(JUST_B1.files[B1], Answer(b1_text()))
    (outcome,) = fetch().outcomes
    assert says in outcome.told[0]
    assert outcome.way == ways.FIXED


@pytest.mark.parametrize("answer", [b"{}", b'{"latestRelease": "2025"}', b'{"latestRelease": {"slug": null}}'])
def test_a_changed_publication_endpoint_is_told(publisher, fetch, answer):
    publisher.on(f"/api/publications/{CIN}", Answer(answer, JSON))
    (outcome,) = fetch().outcomes
    assert "names no latestRelease with a slug" in " ".join(outcome.told)


@pytest.mark.parametrize(
    ("due", "known"),
    [
        pytest.param({"year": 2026, "month": 10, "day": 29}, "2026-10-29", id="a day"),
        pytest.param({"year": 2026, "month": None, "day": None}, "2026", id="a year"),
        pytest.param(None, "", id="not announced"),
        pytest.param("soon", "", id="something else"),
    ],
)
def test_when_the_next_release_is_due(publisher, due, known):
    publisher.on(f"/api/publications/{CIN}", publication(CIN, due))
    with Web((), publisher.address) as web:
        assert ways.calendar(web, ways.read_addresses(), CIN).next_release == known


def test_of_a_source_that_is_no_publication_every_fixed_file_is_wanted(publisher, fetch, tmp_path):
    source = JUST_B1.source("children_in_need")
    layout = dataclasses.replace(source.files[0], fixed=("csc/of 2021.csv", "lait/of_2025.csv"))
    catalogue = dataclasses.replace(JUST_B1, sources=(dataclasses.replace(source, slug="", files=(layout,)),))
    repositories = ways.read_addresses().repositories
    for repository, name, figure in (("csc", "of%202021.csv", 1), ("lait", "of_2025.csv", 2)):
        path = urlsplit(repositories[repository].format(file=name)).path
        publisher.on(path, Answer(b1_text(figure=figure), "text/plain"))
    found = fetch(catalogue)
    assert [each.kept.file.name.split("_")[0] for each in found.outcomes] == ["of-2021", "of-2025"]
    assert set(publisher.asked()) <= set(publisher.answers), "no other way is tried"


@pytest.mark.parametrize("fixed", ["b1.csv", "elsewhere/b1.csv", "csc/"])
def test_a_fixed_address_of_no_known_repository_is_a_mistake_of_the_facts(fetch, fixed):
    source = JUST_B1.source("children_in_need")
    layout = dataclasses.replace(source.files[0], fixed=(fixed,))
    catalogue = dataclasses.replace(JUST_B1, sources=(dataclasses.replace(source, files=(layout,)),))
    with pytest.raises(BadFacts, match=r"source\.toml, \[\[file\]\] b1, fixed: .* Known: csc, lait\."):
        fetch(catalogue)


@pytest.mark.parametrize("text", ["hosts = [", "hosts = []", None])
def test_ways_that_cannot_be_read_are_told(tmp_path, text):
    file = tmp_path / "ways.toml"
    if text is not None:
        file.write_text(text, encoding="utf-8")
    with pytest.raises(BadFacts, match=r"ways\.toml of data/sources cannot be used"):
        ways.read_addresses(file)


# By layout, never by name or id


def test_a_renamed_title_is_known_by_its_columns(publisher, fetch):
    publisher.has_publications(CIN)
    publisher.has_data_sets(CIN, {"d1": "Something new", "d2": "Headline figures of the census"})
    publisher.has_api_file("d1", zipped(table(EVERYTHING, C1)))
    publisher.has_api_file("d2", zipped(b1_text()))
    (outcome,) = fetch().outcomes
    assert outcome.kept.file.name.startswith("headline-figures-of-the-census_")


def test_a_title_proves_nothing(fetch, on_api):
    on_api(zipped(table(EVERYTHING, C1)))
    (outcome,) = fetch().outcomes
    assert outcome.kept is None
    assert "is none of the 1 tables known here" in outcome.told[0]


def test_likely_titles_are_looked_at_first(publisher, fetch):
    publisher.has_publications(CIN)
    others = {f"d{n}": f"Other table {n}" for n in range(30)}
    publisher.has_data_sets(CIN, others | {"b1": "B1: Children in need"})
    publisher.has_api_file("b1", zipped(b1_text()))
    assert fetch().fetched == 1
    assert [path for path in publisher.asked() if path.endswith("/csv")] == ["/statistics/v1/data-sets/b1/csv"]


def test_of_another_table_only_the_beginning_is_fetched(publisher, fetch):
    body = long_table(EVERYTHING, C1, rows=200_000)
    publisher.has_publications(CIN)
    publisher.has_data_sets(CIN, {"d1": "B1: Children in need", "d2": "Other"})
    publisher.has_api_file("d1", Answer(body))
    publisher.has_api_file("d2", Answer(b1_text()))
    steps = []
    assert fetch(watch=steps.append).fetched == 1
    assert max(step.bytes for step in steps) < len(body) / 10


def test_a_line_break_within_quotation_marks_is_no_end_of_a_line(fetch, on_api):
    heading, *lines = long_table(EVERYTHING, B1).splitlines(keepends=True)
    noted = b'"%s",' % (b"a note\n" * 3000)
    body = heading.replace(b"category", b"note,category") + b"".join(
        line.replace(b"Children in Need", noted + b"Children in Need") for line in lines[:4]
    )
    on_api(Answer(body))
    assert fetch().fetched == 1


def test_a_renamed_heading_is_known_by_its_alias(publisher, fetch):
    catalogue = only("children_looked_after/rates")
    renamed = table(catalogue, "children_looked_after/rates").replace(b"children_count", b"number")
    publisher.has_publications("children-looked-after-in-england-including-adoptions")
    publisher.has_data_sets("children-looked-after-in-england-including-adoptions", {"d1": "Rates"})
    publisher.has_api_file("d1", zipped(renamed))
    assert fetch(catalogue).fetched == 1


def test_an_unknown_heading_is_told_with_what_would_do(fetch, on_api):
    on_api(zipped(b1_text().replace(b"Ended_child", b"Ended_children")), title="Anything")
    (outcome,) = fetch().outcomes
    assert outcome.told[0] == (
        "By statistics API: 'Anything' looks like 'B1: Children in need, 2013 to 2025' but has no column 'Ended_child' "
        "(nearest found: 'Ended_children'). If the publisher renamed it, add the new name to aliases of file 'b1' in "
        "data/sources/children_in_need/source.toml."
    )


@pytest.mark.parametrize(
    ("change", "says"),
    [
        pytest.param((b"Children in Need", b"Children"), "none of the rows that are read. It has: category", id="value"),
        pytest.param((b"Local authority", b"Regional"), "no row of a local authority", id="no authority"),
        pytest.param((b"\n2024,", b"\nsoon,", b"\n2025,", b"\nlater,"), "no year that can be read", id="no year"),
    ],
)  # fmt: skip
def test_the_right_columns_over_other_rows(fetch, on_api, change, says):
    body = b1_text()
    for old, new in zip(change[::2], change[1::2], strict=True):
        body = body.replace(old, new)
    on_api(zipped(body))
    (outcome,) = fetch().outcomes
    assert outcome.kept is None
    assert says in outcome.told[0]


def test_a_withdrawn_data_set_is_passed_over(publisher, fetch):
    publisher.has_publications(CIN)
    withdrawn = listed([data_set("d1", "B1: Children in need", status="Withdrawn")], 1, 1, 1)
    publisher.on(f"/statistics/v1/publications/p-{CIN}/data-sets", withdrawn)
    publisher.has_api_file("d1", zipped(b1_text()))
    assert fetch().fetched == 0
    assert publisher.asked()["/statistics/v1/data-sets/d1/csv"] == 0


# Editions


def test_an_older_edition_is_kept_and_the_next_way_tried(publisher, fetch, on_api, tmp_path):
    on_api(zipped(b1_text(year=2023)))
    publisher.has_fixed_file(JUST_B1.files[B1], Answer(b1_text()))
    (outcome,) = fetch().outcomes
    assert (outcome.way, outcome.newest_year) == (ways.FIXED, 2025)
    assert (
        "an older edition, 'B1: Children in need, 2013 to 2025' to 2023, where one to 2025 is known"
        in outcome.noticed[0]
    )
    assert len([name for name in kept(tmp_path) if name.endswith(".csv")]) == 2


def test_an_older_edition_serves_where_there_is_no_newer(fetch, on_api):
    on_api(zipped(b1_text(year=2023)))
    (outcome,) = fetch().outcomes
    assert outcome.newest_year == 2023
    assert outcome.kept.is_new


def test_a_newer_edition_here_is_told(fetch, on_api):
    on_api(zipped(b1_text(year=2025)))
    fetch()
    on_api(zipped(b1_text(year=2024)))
    found = fetch()
    told = "An edition to 2025 is here already. Both are kept; the newer one gives the figures."
    assert told in found.outcomes[0].noticed
    assert f"  {told}" in list(found.sentences())


def test_a_restated_edition_is_kept_beside_the_first(fetch, on_api, tmp_path):
    on_api(zipped(b1_text(figure=7)))
    first = fetch().outcomes[0].kept.file
    on_api(zipped(b1_text(figure=8)))
    second = fetch().outcomes[0].kept.file
    assert first.read_bytes() == b1_text(figure=7)
    assert second.read_bytes() == b1_text(figure=8)
    assert len(kept(tmp_path)) == 4


def test_the_same_file_again_is_not_kept_twice(fetch, on_api, tmp_path):
    on_api(zipped(b1_text()))
    first = fetch().outcomes[0].kept
    before = tomllib.loads(sidecar(first.file).read_text(encoding="utf-8"))
    on_api(zipped(b1_text()), title="Under another title")
    (outcome,) = fetch().outcomes
    after = tomllib.loads(sidecar(first.file).read_text(encoding="utf-8"))
    assert (first.is_new, outcome.kept.is_new, outcome.kept.file) == (True, False, first.file)
    assert after.pop("checked") >= before["retrieved"]
    assert after == before
    assert len(kept(tmp_path)) == 2
    assert "here already, unchanged" in outcome.sentence


def test_a_file_put_there_by_hand_is_known_again(fetch, on_api, tmp_path):
    by_hand = tmp_path / "extracts" / "mine" / "download (3).csv"
    by_hand.parent.mkdir(parents=True)
    by_hand.write_bytes(b1_text())
    on_api(zipped(b1_text()))
    assert fetch().outcomes[0].kept.file == by_hand
    assert len([name for name in kept(tmp_path) if name.endswith(".csv")]) == 1


def test_a_file_changed_by_hand_is_not_replaced(fetch, on_api):
    on_api(zipped(b1_text()))
    first = fetch().outcomes[0].kept.file
    first.write_text("mine", encoding="utf-8")
    second = fetch().outcomes[0].kept.file
    assert first.read_text(encoding="utf-8") == "mine"
    assert second.name == f"{first.stem}-2.csv"


# What goes wrong on the line


def test_a_passing_error_is_tried_again_after_a_growing_wait(fetch, on_api, waits):
    on_api(problem(500), problem(503), problem(502), zipped(b1_text()))
    assert fetch().fetched == 1
    assert waits == [1, 2, 4]


def test_half_of_a_wait_is_chance(publisher):
    web = Web((), publisher.address, chance=lambda: 0)
    assert [web._wait(attempt, None) for attempt in (1, 2, 3, 20)] == [0.5, 1, 2, 30]


@pytest.mark.parametrize(
    ("said", "waited"),
    [
        pytest.param("7", 7, id="seconds"),
        pytest.param("86400", 60, id="no longer than a minute"),
        pytest.param("soon", 1, id="not to be read"),
        pytest.param(format_datetime(datetime.now(UTC) + timedelta(hours=1), usegmt=True), 60, id="a time"),
        pytest.param("Wed, 21 Oct 2015 07:28:00 GMT", 0, id="a time gone by"),
    ],
)
def test_retry_after_is_honoured(fetch, on_api, waits, said, waited):
    on_api(problem(429, Retry_After=said), zipped(b1_text()))
    assert fetch().fetched == 1
    assert waits == [waited]


def test_an_error_that_stays_is_told(publisher, fetch, on_api):
    on_api(problem(500))
    (outcome,) = fetch().outcomes
    assert (
        f"{publisher.address}/statistics/v1/data-sets/d1/csv answered 500 (Internal Server Error)." in outcome.told[0]
    )
    assert outcome.told[0].endswith("Tried 4 times.")
    assert publisher.asked()["/statistics/v1/data-sets/d1/csv"] == 4


def test_what_is_not_there_is_not_asked_for_again(publisher, fetch, on_api, waits):
    on_api(problem(404))
    (outcome,) = fetch().outcomes
    assert "answered 404 (Not Found). It was moved or withdrawn." in outcome.told[0]
    assert publisher.asked()["/statistics/v1/data-sets/d1/csv"] == 1
    assert waits == []


def test_a_host_that_cannot_be_reached_is_given_up(tmp_path, waits):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    web = Web((), f"http://127.0.0.1:{port}", sleep=waits.append)
    found = download(tmp_path, web=web, catalogue=only(B1, "workforce/indicators"))
    assert found.fetched == 0
    assert "cannot be reached" in found.outcomes[0].told[0]
    assert len(waits) == 3, "the host is tried four times in all, not for every file"


def test_a_cut_connection_is_taken_up_where_it_was_cut(publisher, fetch, on_api):
    body = long_table(EVERYTHING, B1)
    on_api(
        Answer(body, etag='"v1"', cut_after=50_000),
        Answer(body, etag='"v1"', cut_after=60_000),
        Answer(body, etag='"v1"'),
    )
    (outcome,) = fetch().outcomes
    assert outcome.kept.file.read_bytes() == body
    asked = [headers for path, headers in publisher.requests if path.endswith("/csv")]
    assert [headers.get("range") for headers in asked] == [None, "bytes=50000-", "bytes=110000-"]
    assert asked[1]["if-range"] == '"v1"'


def test_a_file_that_changed_meanwhile_begins_anew(fetch, on_api):
    old, new = long_table(EVERYTHING, B1), b1_text(figure=9)
    on_api(Answer(old, etag='"v1"', cut_after=50_000), Answer(new, etag='"v2"'))
    assert fetch().outcomes[0].kept.file.read_bytes() == new


def test_another_part_than_was_asked_for_is_not_believed(fetch, on_api):
    body = long_table(EVERYTHING, B1)
    wrong = Answer(body[10:], status=206, headers={"Content-Range": f"bytes 10-{len(body) - 1}/{len(body)}"})
    on_api(Answer(body, etag='"v1"', cut_after=50_000), wrong, Answer(body, etag='"v1"'))
    assert fetch().outcomes[0].kept.file.read_bytes() == body


def test_without_ranges_a_cut_file_is_fetched_anew(publisher, fetch, on_api):
    body = long_table(EVERYTHING, B1)
    on_api(Answer(body, cut_after=50_000), Answer(body))
    assert fetch().outcomes[0].kept.file.read_bytes() == body
    assert not any("range" in headers for _, headers in publisher.requests)


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        pytest.param(Answer(b1_text(), cut_after=100), "broke off before its end", id="less than announced"),
        pytest.param(
            Answer(gzip.compress(b1_text())[:-4], headers={"Content-Encoding": "gzip"}),
            "its gzip is cut off",
            id="gzip",
        ),
        pytest.param(
            Answer(gzip.compress(b1_text())[:-8] + b"\0" * 8, headers={"Content-Encoding": "gzip"}),
            "its gzip is damaged",
            id="wrong checksum",
        ),
        pytest.param(Answer(b1_text()[:-4], says_length=False), "is cut off in line 3, its last", id="within a row"),
        pytest.param(
            Answer(b1_text()[:-1], says_length=False), "is cut off in line 3", id="nothing vouches for its end"
        ),
        pytest.param(Answer(b"", CSV), "is empty", id="nothing at all"),
        pytest.param(Answer(b1_text()[: b1_text().index(b"\n") + 1]), "a heading and no rows", id="no rows"),
        pytest.param(
            Answer(b1_text(), HTML), "a web page, perhaps an error page, where a table", id="named a web page"
        ),
        pytest.param(Answer(b"<!DOCTYPE html><p>Sorry"), "is a web page saved as a table", id="a web page named CSV"),
        pytest.param(Answer(b"{}", JSON), "answered with 'application/json', where a table", id="JSON"),
        pytest.param(Answer(b'{"error": 1}'), "is JSON, perhaps an error message", id="JSON named CSV"),
        pytest.param(
            Answer(b1_text(), headers={"Content-Encoding": "br"}), "is packed as 'br', which was not asked for", id="br"
        ),
        pytest.param(Answer(b"PK\x03\x04" + b"\0" * 50), "workbook", id="a workbook"),
    ],
)
def test_what_is_no_whole_table_is_refused(fetch, on_api, tmp_path, answer, says):
    on_api(answer)
    (outcome,) = fetch().outcomes
    assert outcome.kept is None
    assert says in outcome.told[0]
    assert kept(tmp_path) == []


def test_a_whole_table_may_end_without_a_line_break(fetch, on_api):
    on_api(Answer(b1_text()[:-1]))
    assert fetch().fetched == 1


def test_a_slow_drip_is_cut_off(fetch, on_api):
    on_api(Answer(long_table(EVERYTHING, B1), drip_seconds=0.02))
    (outcome,) = fetch(file_seconds=0.15).outcomes
    assert "is too slow" in outcome.told[0]


def test_a_host_that_says_nothing_is_given_up(publisher, fetch, on_api):
    on_api(Answer(b1_text(), drip_seconds=1))
    (outcome,) = fetch(read_seconds=0.05, attempts=2).outcomes
    assert "did not answer in time. Tried 2 times." in outcome.told[0]


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        pytest.param(Answer(b1_text()), "more than the 300 that are taken", id="announced"),
        pytest.param(Answer(b1_text(), says_length=False), "sends more than the 300 bytes", id="not announced"),
    ],
)
def test_too_large_a_file_is_cut_off(fetch, on_api, answer, says):
    on_api(answer)
    (outcome,) = fetch(file_bytes=300).outcomes
    assert says in outcome.told[0]


def test_a_gzip_bomb_is_not_unpacked(fetch, on_api, monkeypatch):
    monkeypatch.setattr("data.fetching.keeping.MOST_BYTES", 1_000_000)
    on_api(zipped(long_table(EVERYTHING, B1, rows=20_000)))
    (outcome,) = fetch().outcomes
    assert "it unpacks to more than the 1,000,000 bytes that are taken" in outcome.told[0]


def test_a_bomb_for_a_page_is_not_unpacked(publisher, fetch):
    bomb = gzip.compress(b" " * 5_000_000)
    publisher.on("/statistics/v1/publications", Answer(bomb, JSON, headers={"Content-Encoding": "gzip"}))
    (outcome,) = fetch(page_bytes=100_000).outcomes
    assert "it unpacks to more than the 100,000 bytes" in outcome.told[0]


def test_gzip_of_several_members_is_one_file(fetch, on_api):
    body = b1_text()
    on_api(Answer(gzip.compress(body[:50]) + gzip.compress(body[50:]), headers={"Content-Encoding": "gzip"}))
    assert fetch().outcomes[0].kept.file.read_bytes() == body


# Redirects and hosts


def test_a_redirect_on_the_same_host_is_followed(publisher, fetch, on_api):
    on_api(Answer(status=302, headers={"Location": "/elsewhere"}))
    publisher.on("/elsewhere", zipped(b1_text()))
    (outcome,) = fetch().outcomes
    facts = tomllib.loads(sidecar(outcome.kept.file).read_text(encoding="utf-8"))
    assert facts["address"] == f"{publisher.address}/elsewhere"


@pytest.mark.parametrize(
    ("location", "says"),
    [
        pytest.param("/statistics/v1/data-sets/d1/csv", "redirects more than 5 times", id="a loop"),
        pytest.param("https://example.org/b1.csv", "https://example.org is not http://127.0.0.1", id="another host"),
        pytest.param("http://127.0.0.1:1/b1.csv", "http://127.0.0.1:1 is not", id="another port"),
        pytest.param("file:///etc/passwd", "file:// is not", id="no web address"),
        pytest.param("http://me:secret@127.0.0.1/", "with a name or password in the address", id="a password"),
    ],
)
def test_a_redirect_elsewhere_is_not_followed(fetch, on_api, location, says):
    on_api(Answer(status=302, headers={"Location": location}))
    (outcome,) = fetch().outcomes
    assert says in outcome.told[0]
    assert "secret" not in outcome.told[0]


@pytest.mark.parametrize(
    "address",
    [
        "http://api.education.gov.uk/x",
        "https://api.education.gov.uk.example.org/x",
        "https://api.education.gov.uk:8443/x",
        "https://example.org/x",
        "ftp://api.education.gov.uk/x",
    ],
)
def test_only_listed_hosts_are_asked_and_only_over_https(address):
    with Web(ways.read_addresses().hosts) as web, pytest.raises(CannotFetch, match="no https address of a listed host"):
        web.page(address, "html")


def test_every_address_of_the_facts_is_on_a_listed_host():
    addresses = ways.read_addresses()
    web = Web(addresses.hosts)
    for group in (addresses.api, addresses.release_page, addresses.repositories):
        for address in group.values():
            assert web._refuse_address(address) == address


def test_every_table_has_a_fixed_address():
    wanted = [each for source in EVERYTHING.sources for each in ways.wanted_of(source)]
    assert {each.layout.key for each in wanted} == set(EVERYTHING.files)
    for each in wanted:
        (offer,) = ways.offers(ways.FIXED, None, ways.read_addresses(), None, [each])
        assert offer.address.startswith("https://raw.githubusercontent.com/dfe-analytical-services/")


@pytest.mark.parametrize("base", ["http://example.org", "ftp://localhost", "example.org", "http://localhost:x", ""])
def test_a_base_address_that_will_not_do_is_told(tmp_path, base):
    with pytest.raises(CannotFetch, match=r"no base address|http is allowed for this machine only"):
        download(tmp_path, base_url=base, catalogue=JUST_B1)


def test_a_mirror_keeps_the_paths():
    web = Web((), "https://mirror.example/figures/")
    assert web.mapped("https://api.education.gov.uk/statistics/v1/x?page=2") == (
        "https://mirror.example/figures/statistics/v1/x?page=2"
    )


# Nothing half, nothing lost


@pytest.mark.parametrize("moment", ["while a file comes", "when a table is settled"])
def test_stopping_leaves_nothing_half(fetch, on_api, tmp_path, moment):
    on_api(zipped(b1_text()))

    def stop(step: Step):
        if bool(step.settled) == (moment == "when a table is settled"):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fetch(watch=stop)
    left = kept(tmp_path)
    assert len(left) == (2 if moment == "when a table is settled" else 0)
    assert not list((tmp_path / "extracts").glob(".download-*"))


def test_what_a_killed_download_left_is_removed(fetch, on_api, tmp_path):
    left_over = tmp_path / "extracts" / ".download-abc"
    left_over.mkdir(parents=True)
    (left_over / "part").write_text("half", encoding="utf-8")
    on_api(zipped(b1_text()))
    fetch()
    assert not left_over.exists()


def test_a_full_disk_leaves_what_was_there(fetch, on_api, tmp_path, monkeypatch):
    on_api(zipped(b1_text()))
    fetch()
    before = kept(tmp_path)
    on_api(zipped(b1_text(figure=8)))

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(files, "replace_file", full)
    with pytest.raises(CannotWrite, match=r"The published files cannot be written to .*: No space left on device\."):
        fetch()
    assert kept(tmp_path) == before


def test_stopping_before_a_file_is_in_place_leaves_no_note_of_it(fetch, on_api, tmp_path, monkeypatch):
    on_api(zipped(b1_text()))
    replace_file = files.replace_file

    def stopped(finished, file):
        if file.suffix == ".csv":
            raise KeyboardInterrupt
        return replace_file(finished, file)

    monkeypatch.setattr(files, "replace_file", stopped)
    with pytest.raises(KeyboardInterrupt):
        fetch()
    assert kept(tmp_path) == []


def test_one_download_at_a_time(fetch, tmp_path):
    folder = tmp_path / "extracts"
    folder.mkdir()
    with files.locked(folder, LOCK), pytest.raises(CannotWrite, match="Another download is running"):
        fetch()


def test_one_failure_leaves_the_others(publisher, fetch, on_api):
    catalogue = only(B1, "workforce/indicators")
    on_api(zipped(b1_text()))
    found = fetch(catalogue)
    assert [each.kept is not None for each in found.outcomes] == [True, False]
    headline, missing, by_hand, fetched = found.sentences()
    assert "1 of 2 tables were fetched and are kept in" in headline
    assert headline.endswith("1 could not be fetched.")
    assert "(https://explore-education-statistics.service.gov.uk/find-statistics/children-s-social" in missing
    assert by_hand.startswith("By hand: open its address")
    assert fetched.startswith("B1: Children in need, 2013 to 2025: to 2025, new, by statistics API")


def test_what_each_way_answered_is_in_the_details_alone(publisher, fetch):
    catalogue = only(B1, C1, D3)
    for key in (B1, C1):
        publisher.has_fixed_file(catalogue.files[key], Answer(table(catalogue, key)))
    steps = []
    found = fetch(catalogue, watch=steps.append)
    assert not [line for line in found.sentences() if "By statistics API" in line]
    assert len([line for line in found.details() if line.startswith("  By statistics API")]) == 3
    assert [step.number for step in steps if step.settled] == [1, 2, 3]
    assert [bool(step.way) for step in steps if step.settled] == [True, True, False]


def test_progress_is_told(publisher, fetch, on_api):
    body = long_table(EVERYTHING, B1)
    on_api(Answer(body))
    steps = []
    fetch(watch=steps.append)
    assert (steps[0].number, steps[0].of, steps[0].bytes, steps[0].total) == (1, 1, 0, len(body))
    assert [step.bytes for step in steps[:-1]] == sorted(step.bytes for step in steps[:-1])
    assert steps[-2].bytes == len(body)
    assert steps[-1].settled.startswith("B1: Children in need, 2013 to 2025: to 2025, new, by statistics API")


def test_progress_in_words():
    step = Step(2, 8, "C1: Referrals", ways.API, 50_000, 1_500_000)
    assert progress_sentence(step) == "2 of 8  0.05 of 1.5 MB  C1: Referrals (statistics API)"
    assert progress_sentence(dataclasses.replace(step, total=None)) == "2 of 8  0.05 MB  C1: Referrals (statistics API)"


@pytest.mark.parametrize(
    ("title", "name"),
    [
        pytest.param("B1: Children in need, 2013 to 2025", "b1-children-in-need-2013-to-2025", id="as usual"),
        pytest.param("../../etc/passwd", "etc-passwd", id="no way out of the folder"),
        pytest.param("Ynys Môn", "ynys-mon", id="accents"),
        pytest.param("x" * 300, "x" * 60, id="too long"),
        pytest.param("???", "table", id="nothing left"),
    ],
)
def test_a_title_as_the_name_of_a_file(title, name):
    assert slug(title) == name


# The command


@pytest.fixture
def command(publisher, tmp_path, monkeypatch):
    """`python -m data download` against the publisher of the test, built beside it."""
    monkeypatch.setenv("PRACTICE_DATABASE", str(tmp_path / "database"))
    monkeypatch.setattr(command_line, "EXTRACTS", tmp_path / "extracts")
    monkeypatch.setattr("data.fetching.web.Limits.attempts", 1)
    monkeypatch.setattr("data.download.read_catalogue", lambda: EIGHT)
    return lambda *words: command_line.main(["download", "--base-url", publisher.address, *words])


def test_the_command_fetches_and_builds(publisher, command, tmp_path, capsys):
    for key, layout in EIGHT.files.items():
        publisher.has_fixed_file(layout, Answer(table(EIGHT, key), "text/plain"))
    assert command() == 0
    said = capsys.readouterr()
    assert "8 of 8 tables are in" in said.out
    assert "published figures from 8 of 8 files" in said.out
    assert "8 of 8  Children and family social workers" in said.err
    with contextlib.closing(open_warehouse(tmp_path / "database")) as warehouse:
        assert len(warehouse.ask("extracts")) == 8


def test_some_missing_is_1_and_the_rest_is_built(publisher, command, tmp_path, capsys):
    publisher.has_fixed_file(EIGHT.files[POPULATION], Answer(table(EIGHT, POPULATION), "text/plain"))
    assert command("--to", str(tmp_path / "here")) == 1
    said = capsys.readouterr()
    assert said.out.startswith("1 of 8 tables were fetched and are kept in")
    assert said.out.count("\nNot fetched: ") == 7
    assert len([line for line in said.err.splitlines() if " of 8  " in line]) == 1, "what is missing is told once"
    assert (tmp_path / "database" / "CURRENT").is_file()


def test_nothing_fetched_is_2_and_nothing_is_built(command, tmp_path, capsys):
    assert command() == 2
    said = capsys.readouterr()
    assert said.out.startswith("None of the 8 tables could be fetched.\nNot fetched: ")
    assert said.out.count("Not fetched: ") == 8
    assert "By statistics API" not in said.out
    log = tmp_path / "extracts" / command_line.LOG
    assert f"What each way answered is in {log}; --verbose prints it." in said.out
    assert log.read_text(encoding="utf-8").count("  By statistics API: ") == 8
    assert "Nothing was fetched, so nothing was built." in said.err
    assert not (tmp_path / "database").exists()


def test_verbose_prints_what_each_way_answered(command, capsys):
    assert command("--verbose") == 2
    assert capsys.readouterr().out.count("  By statistics API: ") == 8


def test_the_environment_may_name_the_base_address(publisher, command, monkeypatch):
    monkeypatch.setenv("PRACTICE_BASE_URL", publisher.address)
    assert command_line.main(["download"]) == 2
    assert publisher.asked()["/statistics/v1/publications"] > 0


def test_paths_within_the_project_are_told_from_there(tmp_path, monkeypatch):
    assert files.shown(files.PROJECT / "data" / "extracts") == Path("data/extracts")
    assert files.shown(tmp_path / "here") == tmp_path / "here"
    monkeypatch.chdir(tmp_path)
    assert files.shown(tmp_path / "here") == Path("here")


def test_a_bad_base_address_is_a_sentence(tmp_path, capsys):
    assert command_line.main(["download", "--to", str(tmp_path), "--base-url", "http://example.org"]) == 1
    assert "http is allowed for this machine only (localhost)" in capsys.readouterr().err
