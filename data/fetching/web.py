"""Asking listed hosts for pages and files, politely and within limits; every refusal is a sentence."""

from __future__ import annotations

import contextlib
import functools
import json
import random
import re
import ssl
import time
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from itertools import count
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

import certifi  # comes with httpx
import httpx

from analytics.errors import PracticeError
from data.layouts.text import MOST_BYTES

AGENT = "practice-compared (python -m data download)"
LOCAL = ("localhost", "127.0.0.1", "::1")
GZIP = b"\x1f\x8b"
PASSING = (408, 425, 429, 500, 502, 503, 504)  # answers that may be another one in a moment
REFUSING = (401, 403, 407, 451)
TABLE_TYPES = ("text/csv", "application/csv", "text/plain", "application/octet-stream", "application/gzip", "")
WORKBOOK_TYPES = "application/vnd."  # of Excel and of OpenDocument
CHUNK = 1 << 16
PEEK_BYTES = 1 << 14  # as much of a file as shows its heading

Found = TypeVar("Found")


UNREACHED, REFUSED, WEB_PAGE = "unreached", "refused", "web page"


class CannotFetch(PracticeError):
    """Something was not fetched: what happened, where, and what would do.

    Parameters
    ----------
    kind : UNREACHED, REFUSED or WEB_PAGE, which may have one cause for all hosts; '' for anything else
    """

    def __init__(self, sentence: str, kind: str = "") -> None:
        super().__init__(sentence)
        self.kind = kind


class NotWanted(PracticeError):
    """The beginning of a file shows that it is not one of those wanted."""


class _Passing(Exception):
    """A failure that may be over in a moment."""

    def __init__(self, sentence: str, *, wait: float | None = None, unreached: bool = False) -> None:
        super().__init__(sentence)
        self.wait, self.unreached = wait, unreached


@dataclass(frozen=True)
class Limits:
    """How long to wait, how often to try, how much to take."""

    connect_seconds: float = 10
    read_seconds: float = 30
    page_seconds: float = 90  # for a whole page, waits and further attempts included
    file_seconds: float = 900  # for a whole file: 30 MB over a line of 0.3 Mbit/s
    attempts: int = 4
    first_wait_seconds: float = 1
    longest_wait_seconds: float = 60  # also where a host asks for more
    redirects: int = 5
    page_bytes: int = 20_000_000
    file_bytes: int = MOST_BYTES


@dataclass(frozen=True)
class Fetched:
    """One whole answer on this disk, as it came over the line."""

    address: str
    bytes: int
    whole: bool  # whether its length was known, so that nothing can be missing at its end
    etag: str
    last_modified: str


Progress = Callable[[int, int | None], None]  # bytes so far, and of how many where the host says


@dataclass
class Web:
    """The hosts that may be asked.

    Parameters
    ----------
    hosts : names asked over https
    base_url : one address that stands for all hosts (a mirror, a test); http only on this machine
    """

    hosts: tuple[str, ...]
    base_url: str | None = None
    limits: Limits = field(default_factory=Limits)
    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic
    chance: Callable[[], float] = random.random

    def __post_init__(self) -> None:
        self._unreached: dict[str, str] = {}
        if self.base_url is not None:
            self._refuse_base()
        timeout = httpx.Timeout(self.limits.read_seconds, connect=self.limits.connect_seconds)
        self._client = httpx.Client(
            timeout=timeout,
            verify=_trusted(),
            headers={"User-Agent": AGENT, "Accept-Encoding": "gzip"},
            trust_env=self.base_url is None or urlsplit(self.base_url).hostname not in LOCAL,
        )

    def __enter__(self) -> Web:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def page(self, address: str, kind: str, *, attempts: int | None = None) -> str:
        """Text of a page whose content type holds `kind` (html, json).

        Raises
        ------
        CannotFetch
        """
        deadline = self.clock() + self.limits.page_seconds

        def asked() -> bytes:
            with self._answer(address, {"Accept": "text/html" if kind == "html" else f"application/{kind}"}) as answer:
                _refuse_type(answer, kind in _type(answer), f"where {kind.upper()} was expected")
                return b"".join(self._pieces(answer, 0, self.limits.page_bytes, deadline))

        content = self._patiently(address, deadline, asked, attempts or self.limits.attempts)
        try:
            return b"".join(unpacked(content, self.limits.page_bytes)).decode("utf-8")
        except (CannotUnpack, UnicodeDecodeError) as error:
            raise CannotFetch(f"{self.mapped(address)} cannot be read as text: {error}.") from error

    def json(self, address: str, *, attempts: int | None = None) -> dict[str, Any]:
        """The object of a JSON page.

        Raises
        ------
        CannotFetch
        """
        text = self.page(address, "json", attempts=attempts)
        try:
            found = json.loads(text)
        except ValueError as error:
            raise CannotFetch(f"{self.mapped(address)} answered with JSON that does not parse: {error}.") from error
        if not isinstance(found, dict):
            raise CannotFetch(f"{self.mapped(address)} answered with a {type(found).__name__}, not a JSON object.")
        return found

    def file(self, address: str, to: Path, *, peek: Callable[[bytes], None], progress: Progress) -> Fetched:
        """Fetches a table into a file that may be there in part; a cut connection is taken up where it was cut.

        Parameters
        ----------
        peek : sees the beginning, unpacked; raises NotWanted to stop there

        Raises
        ------
        CannotFetch : nothing to be had there, or not within the limits
        NotWanted : raised by `peek`
        """
        deadline = self.clock() + self.limits.file_seconds
        transfer = _Transfer(self, address, to, deadline, peek, progress)
        return self._patiently(address, deadline, transfer.attempt, self.limits.attempts)

    def mapped(self, address: str) -> str:
        """The address that is asked: the mirror's where there is one."""
        if self.base_url is None:
            return address
        parts = urlsplit(address)
        return self.base_url.rstrip("/") + parts.path + (f"?{parts.query}" if parts.query else "")

    def _refuse_base(self) -> None:
        try:
            parts = urlsplit(self.base_url)
            port_is_number = parts.port is None or parts.port > 0
        except ValueError:
            port_is_number = False
        if not port_is_number or parts.scheme not in ("http", "https") or not parts.hostname or parts.query:
            raise CannotFetch(f"'{self.base_url}' is no base address: write one such as https://mirror.example/figures")
        if parts.scheme == "http" and parts.hostname not in LOCAL:
            raise CannotFetch(f"'{self.base_url}' is not https: http is allowed for this machine only (localhost).")

    def _refuse_address(self, address: str, redirected_from: str = "") -> str:
        """The address, if it may be asked."""
        parts = urlsplit(address)
        after = f" ({redirected_from} redirects there)" if redirected_from else ""
        if "@" in parts.netloc:
            raise CannotFetch(f"{parts.hostname} was asked for with a name or password in the address{after}: refused.")
        if self.base_url is not None:
            base = urlsplit(self.base_url)
            if (parts.scheme, parts.netloc) != (base.scheme, base.netloc):
                raise CannotFetch(f"{parts.scheme}://{parts.netloc} is not {self.base_url}{after}: it was not asked.")
        elif parts.scheme != "https" or parts.netloc not in self.hosts:
            raise CannotFetch(
                f"{parts.scheme}://{parts.netloc} is no https address of a listed host{after}: it was not asked. "
                "Listed in data/sources/ways.toml: " + ", ".join(self.hosts)
            )
        return address

    @contextlib.contextmanager
    def _answer(self, address: str, headers: dict[str, str]) -> Iterator[httpx.Response]:
        """The answer after redirects, its body still to come."""
        url = self._refuse_address(self.mapped(address))
        for _ in range(self.limits.redirects + 1):
            with self._sentences(url):
                answer = self._client.send(self._client.build_request("GET", url, headers=headers), stream=True)
            try:
                if not answer.has_redirect_location:
                    _refuse_status(answer, url)
                    with self._sentences(url):
                        yield answer
                    return
            finally:
                answer.close()
            url = self._refuse_address(str(answer.url.join(answer.headers["location"])), redirected_from=url)
        raise CannotFetch(
            f"{self.mapped(address)} redirects more than {self.limits.redirects} times: a loop, or moved."
        )

    @contextlib.contextmanager
    def _sentences(self, url: str) -> Iterator[None]:
        """Turns what goes wrong on the line into sentences; all of it may be over in a moment."""
        try:
            yield
        except httpx.TimeoutException as error:
            unreached = isinstance(error, httpx.ConnectTimeout)
            raise _Passing(f"{url} did not answer in time.", unreached=unreached) from error
        except (httpx.ConnectError, httpx.ProxyError) as error:
            raise _Passing(f"{urlsplit(url).netloc} cannot be reached ({error}).", unreached=True) from error
        except httpx.RemoteProtocolError as error:
            raise _Passing(f"{url} broke off before its end ({error}).") from error
        except httpx.TransportError as error:
            raise _Passing(f"The connection to {url} failed ({error}).") from error
        except httpx.InvalidURL as error:
            raise CannotFetch(f"{url} is no address ({error}).") from error

    def _pieces(self, answer: httpx.Response, before: int, most: int, deadline: float) -> Iterator[bytes]:
        """The body as it arrives, cut off where it is too large or too slow."""
        url, announced = str(answer.url), _length(answer)
        if announced is not None and before + announced > most:
            raise CannotFetch(f"{url} announces {before + announced:,} bytes: more than the {most:,} that are taken.")
        taken = before
        for piece in answer.iter_raw():
            taken += len(piece)
            if taken > most:
                raise CannotFetch(f"{url} sends more than the {most:,} bytes that are taken: it was cut off.")
            if self.clock() > deadline:
                raise CannotFetch(f"{url} is too slow: {taken:,} bytes had come when its time was up. Try again later.")
            yield piece

    def _patiently(self, address: str, deadline: float, asked: Callable[[], Found], attempts: int) -> Found:
        """What `asked` brings back, asked again after a growing wait where its failure may pass."""
        host = urlsplit(self.mapped(address)).netloc
        if host in self._unreached:
            raise CannotFetch(self._unreached[host], UNREACHED)
        for attempt in count(1):
            try:
                return asked()
            except _Passing as failure:
                wait = self._wait(attempt, failure.wait)
                if attempt < attempts and self.clock() + wait <= deadline:
                    self.sleep(wait)
                    continue
                tried = f" Tried {attempt} times." if attempt > 1 else ""
                if failure.unreached and attempt >= attempts > 1:
                    self._unreached[host] = f"{failure}{tried} Check the connection, a proxy, or try again later."
                raise CannotFetch(f"{failure}{tried}", UNREACHED if failure.unreached else "") from failure
        raise AssertionError("count never ends")

    def _wait(self, attempt: int, asked_for: float | None) -> float:
        """Seconds before the next attempt: what the host asks for, or twice as long each time, half of it by chance."""
        if asked_for is not None:
            return min(asked_for, self.limits.longest_wait_seconds)
        longest = min(self.limits.first_wait_seconds * 2 ** (attempt - 1), self.limits.longest_wait_seconds)
        return longest * (0.5 + 0.5 * self.chance())


@dataclass
class _Transfer:
    """One file on its way: what has come of it so far, and by what it is known as the same file."""

    web: Web
    address: str
    to: Path
    deadline: float
    peek: Callable[[bytes], None]
    progress: Progress
    validator: str = ""
    peeked: bool = False

    def attempt(self) -> Fetched:
        """Asks for what is missing."""
        here = self.to.stat().st_size if self.validator and self.to.exists() else 0
        headers = {"Accept": "text/csv, */*;q=0.5"}
        if here:
            headers |= {"Range": f"bytes={here}-", "If-Range": self.validator}
        with self.web._answer(self.address, headers) as answer:
            start = self._start(answer, here)
            kind = _type(answer)
            fits = kind in TABLE_TYPES or kind.startswith(WORKBOOK_TYPES)
            _refuse_type(answer, fits, "where a table (CSV) was expected")
            self.validator = _validator(answer)
            self._write(answer, start)
            whole = _length(answer) is not None or "chunked" in answer.headers.get("transfer-encoding", "").lower()
            return Fetched(
                address=str(answer.url),
                bytes=self.to.stat().st_size,
                whole=whole,
                etag=answer.headers.get("etag", ""),
                last_modified=answer.headers.get("last-modified", ""),
            )

    def _start(self, answer: httpx.Response, here: int) -> int:
        """Where the answer begins in the file: after what is here, or at the beginning."""
        if answer.status_code != 206:
            return 0
        named = re.match(r"bytes (\d+)-", answer.headers.get("content-range", ""))
        if here and named and int(named[1]) == here:
            return here
        self.validator = ""
        raise _Passing(f"{answer.url} answered with another part than was asked for.", wait=0)

    def _write(self, answer: httpx.Response, start: int) -> None:
        length = _length(answer)
        total = None if length is None else start + length
        with self.to.open("ab" if start else "wb") as file:
            self.progress(start, total)
            for piece in self.web._pieces(answer, start, self.web.limits.file_bytes, self.deadline):
                file.write(piece)
                self.progress(file.tell(), total)
                if not self.peeked and file.tell() >= PEEK_BYTES:
                    file.flush()
                    self.peeked = True
                    self.peek(beginning(self.to))


@functools.cache
def _trusted() -> ssl.SSLContext:
    """Certificates of this machine (an organisation's own proxy among them) and those that come with httpx."""
    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    return context


class CannotUnpack(PracticeError):
    """Compressed bytes that are damaged, cut off, or too large unpacked."""


def unpacked(content: bytes, most: int) -> Iterator[bytes]:
    """Pieces of the content, unpacked where it is gzip, whatever its headers say.

    Raises
    ------
    CannotUnpack
    """
    if not content.startswith(GZIP):
        yield content
        return
    taken = 0
    while content:
        member = zlib.decompressobj(wbits=31)
        while not member.eof:
            try:
                piece = member.decompress(content, CHUNK)
            except zlib.error as error:
                raise CannotUnpack(f"its gzip is damaged ({error})") from error
            if not piece and not member.eof and not member.unconsumed_tail:
                raise CannotUnpack("its gzip is cut off")
            taken += len(piece)
            if taken > most:
                raise CannotUnpack(f"it unpacks to more than the {most:,} bytes that are taken")
            content = member.unconsumed_tail
            yield piece
        content = member.unused_data.lstrip(b"\0")


def beginning(file: Path) -> bytes:
    """The first bytes of a file that has come in part, unpacked, up to the last line that ends outside quotation marks."""
    with file.open("rb") as opened:
        content = opened.read(PEEK_BYTES)
    if content.startswith(GZIP):
        with contextlib.suppress(zlib.error):  # damage is told when the file is whole
            content = zlib.decompressobj(wbits=31).decompress(content, 4 * PEEK_BYTES)
    content = content[: content.rfind(b"\n") + 1]
    while content.count(b'"') % 2:
        content = content[: content.rfind(b"\n", 0, -1) + 1]
    return content


def _refuse_status(answer: httpx.Response, url: str) -> None:
    status = answer.status_code
    if status in (200, 206):
        return
    if status in PASSING:
        raise _Passing(f"{url} answered {status} ({answer.reason_phrase}).", wait=_retry_after(answer))
    hints = {
        404: "It was moved or withdrawn.",
        403: "The host refuses: a proxy or a filter may stand between.",
        416: "It changed while it was fetched. Try again.",
    }
    sentence = f"{url} answered {status} ({answer.reason_phrase}). {hints.get(status, '')}".rstrip()
    raise CannotFetch(sentence, REFUSED if status in REFUSING else "")


def _refuse_type(answer: httpx.Response, fits: bool, expected: str) -> None:
    encoding = answer.headers.get("content-encoding", "identity").lower()
    if encoding not in ("identity", "gzip", "x-gzip"):
        raise CannotFetch(f"{answer.url} is packed as '{encoding}', which was not asked for.")
    if not fits:
        kind = _type(answer)
        is_page = "html" in kind
        what = "a web page, perhaps an error page" if is_page else f"'{kind or 'nothing said'}'"
        raise CannotFetch(f"{answer.url} answered with {what}, {expected}.", WEB_PAGE if is_page else "")


def _type(answer: httpx.Response) -> str:
    return answer.headers.get("content-type", "").split(";")[0].strip().lower()


def _length(answer: httpx.Response) -> int | None:
    said = answer.headers.get("content-length", "")
    return int(said) if said.isdecimal() else None


def _validator(answer: httpx.Response) -> str:
    """A mark that changes whenever the file does, '' where the host gives none or takes no ranges."""
    etag = answer.headers.get("etag", "")
    if answer.headers.get("accept-ranges", "bytes").lower() == "none" or etag.startswith("W/"):
        return ""
    return etag


def _retry_after(answer: httpx.Response) -> float | None:
    """Seconds that the host asks to wait."""
    said = answer.headers.get("retry-after", "").strip()
    if said.isdecimal():
        return float(said)
    try:
        when = parsedate_to_datetime(said)
    except ValueError:
        return None
    when = when if when.tzinfo else when.replace(tzinfo=UTC)
    return max(0.0, (when - datetime.now(UTC)).total_seconds())
