"""A publisher on this machine that speaks the statistics API, the publication endpoint and the data-guidance page."""

from __future__ import annotations

import gzip
import json
import threading
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from analytics.catalogue import Catalogue, FileLayout
from data.fetching.ways import read_addresses
from tests.data.small_extracts import AREAS, PLACE_AND_TIME

CSV, JSON, HTML = "text/csv; charset=utf-8", "application/json", "text/html; charset=utf-8"
RELEASE = "2025"


@dataclass
class Answer:
    """One answer, and what goes wrong while it is sent."""

    body: bytes = b""
    type: str = CSV
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    etag: str = ""  # with one, ranges are served
    cut_after: int | None = None  # the connection ends after so many bytes
    drip_seconds: float = 0  # between single bytes
    says_length: bool = True


@dataclass
class Publisher:
    """Answers by path, each list used up in order, its last one again and again; every request is kept."""

    answers: dict[str, list[Answer]] = field(default_factory=dict)
    requests: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    address: str = ""

    def on(self, path: str, *answers: Answer) -> None:
        self.answers[path] = list(answers)

    def asked(self) -> Counter[str]:
        """How often each path was asked."""
        return Counter(urlsplit(path).path for path, _ in self.requests)

    def answer(self, path: str, query: dict[str, list[str]]) -> Answer:
        page = query.get("page", ["1"])[0]
        found = self.answers.get(f"{path}?page={page}") or self.answers.get(path)
        if not found:
            return problem(404)
        return found.pop(0) if len(found) > 1 else found[0]

    # The four addresses

    def has_publications(self, *slugs: str, pages: int = 1) -> None:
        for n, each in enumerate(_dealt(slugs, pages), 1):
            results = [{"id": f"p-{slug}", "slug": slug, "title": slug.replace("-", " ").capitalize()} for slug in each]
            self.on(f"/statistics/v1/publications?page={n}", listed(results, n, pages, len(slugs)))

    def has_data_sets(self, slug: str, titles: dict[str, str], *, pages: int = 1) -> None:
        """Data sets of a publication on the API: id -> title."""
        for n, each in enumerate(_dealt(titles.items(), pages), 1):
            results = [data_set(name, title) for name, title in each]
            path = f"/statistics/v1/publications/p-{slug}/data-sets?page={n}"
            self.on(path, listed(results, n, pages, len(titles)))

    def has_api_file(self, data_set: str, *answers: Answer) -> None:
        self.on(f"/statistics/v1/data-sets/{data_set}/csv", *answers)

    def has_release(self, slug: str, titles: dict[str, str], *, block: str | None = None) -> None:
        """A release page: dataSetFileId -> title."""
        self.on(f"/api/publications/{slug}", publication(slug))
        shown = guidance_block(titles) if block is None else block
        page = f"<!DOCTYPE html><html><body><h1>Data guidance</h1>{shown}</body></html>"
        self.on(f"/find-statistics/{slug}/{RELEASE}/data-guidance", Answer(page.encode(), HTML))

    def has_catalogue_file(self, data_set: str, *answers: Answer) -> None:
        self.on(f"/data-catalogue/data-set/{data_set}/csv", *answers)

    def has_fixed_file(self, layout: FileLayout, *answers: Answer) -> None:
        repository, _, file = layout.fixed[0].partition("/")
        self.on(urlsplit(read_addresses().repositories[repository].format(file=file)).path, *answers)


def listed(results: list[dict], page: int, pages: int, total: int) -> Answer:
    """A page of a list of the statistics API."""
    paging = {"page": page, "pageSize": 20, "totalPages": pages, "totalResults": total}
    return Answer(json.dumps({"paging": paging, "results": results}).encode(), JSON)


def data_set(name: str, title: str, *, status: str = "Published") -> dict:
    """A data set as the statistics API lists it."""
    return {
        "id": name,
        "title": title,
        "summary": "",
        "status": status,
        "latestVersion": {
            "version": "1.0",
            "published": "2025-11-20T09:30:00Z",
            "totalResults": 2,
            "release": {"title": "Reporting year 2025", "slug": RELEASE},
            "timePeriods": {"start": "2016", "end": "2025"},
            "geographicLevels": ["Local authority"],
            "filters": [],
            "indicators": [],
        },
    }


def publication(slug: str, next_release: object = ...) -> Answer:
    """What the publication endpoint answers."""
    due = {"year": 2026, "month": 10, "day": None} if next_release is ... else next_release
    latest = {"id": "r", "slug": RELEASE, "title": "Reporting year 2025"}
    return Answer(json.dumps({"id": "p", "slug": slug, "latestRelease": latest, "nextReleaseDate": due}).encode(), JSON)


def guidance_block(titles: dict[str, str]) -> str:
    """The block of a data-guidance page."""
    sets = [
        {
            "dataSetFileId": name,
            "fileId": f"f-{name}",
            "title": title,
            "meta": {"numDataFileRows": 2, "timePeriodRange": {"start": "2016", "end": "2025"}},
        }
        for name, title in titles.items()
    ]
    summary = {"slug": RELEASE, "published": "2025-11-20T09:30:00Z"}
    content = {"releaseVersionId": "rv", "dataGuidance": "<p>&lt;/script</p>", "dataSets": sets}
    props = {"props": {"pageProps": {"releaseVersionSummary": summary, "dataContent": content}}}
    return f'<script id="__NEXT_DATA__" type="application/json">{json.dumps(props)}</script>'


def table(catalogue: Catalogue, key: str, *, year: int = 2025, figure: int = 7, area: str = "Brent") -> bytes:
    """A published table of two rows, in the layout of the catalogue."""
    layout = catalogue.files[key]
    where = next(
        dict(each.where)
        for each in catalogue.indicators.values()
        if (each.source, each.file) == (layout.source, layout.file)
    )
    chosen = [where[column][0] for column in layout.filters]
    heading = ",".join([PLACE_AND_TIME, *layout.filters, *layout.columns])
    level, place = AREAS[area].split(",", 1)
    rows = [
        ",".join([str(each), "Reporting year", level, place, *chosen, *[str(figure)] * len(layout.columns)])
        for each in (year - 1, year)
    ]
    return ("\n".join([heading, *rows]) + "\n").encode()


def long_table(catalogue: Catalogue, key: str, rows: int = 3000) -> bytes:
    """A table of many kilobytes: the same rows again and again."""
    heading, *lines = table(catalogue, key).splitlines(keepends=True)
    return heading + b"".join(lines) * (rows // 2)


def zipped(body: bytes, **more: object) -> Answer:
    """A file as the statistics API sends it."""
    return Answer(gzip.compress(body), headers={"Content-Encoding": "gzip"}, **more)


def problem(status: int, **headers: str) -> Answer:
    """An answer that is none."""
    named = {key.replace("_", "-"): value for key, value in headers.items()}
    return Answer(b'{"title": "problem"}', "application/problem+json", status, named)


def _dealt(items: Iterable, pages: int) -> list[list]:
    items = list(items)
    return [items[n::pages] for n in range(pages)]


def serve(publisher: Publisher) -> ThreadingHTTPServer:
    """Starts to serve on a free port of this machine."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True  # else every answer waits 40 ms

        def do_GET(self) -> None:
            publisher.requests.append((self.path, {key.lower(): value for key, value in self.headers.items()}))
            parts = urlsplit(self.path)
            answer = publisher.answer(parts.path, parse_qs(parts.query))
            self._send(answer, *self._range(answer))

        def _range(self, answer: Answer) -> tuple[int, int]:
            asked = self.headers.get("Range", "")
            if answer.etag and asked and self.headers.get("If-Range") == answer.etag:
                return 206, int(asked.removeprefix("bytes=").rstrip("-"))
            return answer.status, 0

        def _send(self, answer: Answer, status: int, start: int) -> None:
            body = answer.body[start:]
            self.send_response(status)
            self.send_header("Content-Type", answer.type)
            if answer.etag:
                self.send_header("ETag", answer.etag)
            if status == 206:
                self.send_header("Content-Range", f"bytes {start}-{len(answer.body) - 1}/{len(answer.body)}")
            if answer.says_length:
                self.send_header("Content-Length", str(len(body)))
            for key, value in answer.headers.items():
                self.send_header(key, value)
            self.end_headers()
            self._send_body(body if answer.cut_after is None else body[: answer.cut_after], answer)
            self.close_connection = answer.cut_after is not None or not answer.says_length

        def _send_body(self, body: bytes, answer: Answer) -> None:
            try:
                if not answer.drip_seconds:
                    self.wfile.write(body)
                    return
                for byte in body:
                    self.wfile.write(bytes([byte]))
                    time.sleep(answer.drip_seconds)
            except OSError:  # whoever asked has seen enough
                self.close_connection = True

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.handle_error = lambda *_: None  # a connection that the other side closed is what some tests are about
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    publisher.address = f"http://127.0.0.1:{server.server_port}"
    return server
