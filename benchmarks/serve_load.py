"""Clients for `serve.py`: closed and open loop, over connections that stay open."""

import asyncio
import html
import json
import re
import time
from dataclasses import dataclass, field
from statistics import quantiles

from urllib3 import encode_multipart_formdata

from classifier.labels import spoken

REFUSED = (429, 503)
HEADING = re.compile(r"<h1>(.*?)</h1>", re.DOTALL)


class WrongAnswer(Exception):
    """The answer is not that of the picture: no figure of this run counts."""


@dataclass
class Figures:
    """The outcomes of one run."""

    latencies_s: list[float] = field(default_factory=list)
    small_latencies_s: list[float] = field(default_factory=list)
    refused: int = 0
    seconds: float = 0.0

    @property
    def served(self):
        return len(self.latencies_s)

    def percentiles_ms(self, latencies_s=None):
        """Return the 50th, 95th and 99th percentile."""
        latencies_s = latencies_s or self.latencies_s
        if len(latencies_s) < 2:
            return [0, 0, 0]
        cuts = quantiles(latencies_s, n=100, method="inclusive")
        return [round(cuts[each - 1] * 1000) for each in (50, 95, 99)]


@dataclass(frozen=True, slots=True)
class Target:
    """Where and how a server takes pictures, and how to check its answer."""

    name: str
    port: int
    path: str
    headers: tuple[str, ...] = ()
    fields: tuple[tuple[str, str], ...] = ()

    def request(self, picture):
        """Return the bytes of a request with a picture."""
        file = (picture.name, picture.content, picture.media_type)
        body, kind = encode_multipart_formdata([*self.fields, ("file", file)])
        return self._head("POST", self.path, kind, len(body)) + body

    def page_request(self, path):
        return self._head("GET", path)

    def _head(self, method, path, kind="", size=0):
        lines = [
            f"{method} {path} HTTP/1.1",
            f"Host: 127.0.0.1:{self.port}",
            *self.headers,
        ]
        if method == "POST":
            lines += [f"Content-Type: {kind}", f"Content-Length: {size}"]
        return "\r\n".join([*lines, "", ""]).encode()


class Client:
    """One connection, made again when the server closes it."""

    def __init__(self, target):
        self.target = target
        self.writer = None

    async def send(self, picture, request):
        """Send a picture, check the answer; return whether it was refused."""
        status, headers, body = await self._exchange(request)
        if status in REFUSED:
            return True
        if status == 303:
            page = self.target.page_request(headers["location"])
            status, _headers, body = await self._exchange(page)
            check_page(status, body, picture)
        else:
            check_answer(status, body, picture)
        return False

    async def close(self):
        if self.writer:
            self.writer.close()
            self.writer = None

    async def _exchange(self, request):
        for is_last in (False, True):
            try:
                return await self._exchange_once(request)
            except (ConnectionError, asyncio.IncompleteReadError):
                await self.close()
                if is_last:
                    raise

    async def _exchange_once(self, request):
        if self.writer is None:
            self.reader, self.writer = await asyncio.open_connection(
                "127.0.0.1", self.target.port, limit=1 << 20
            )
        self.writer.write(request)
        head = (await self.reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        line, *fields = head.splitlines()
        pairs = (each.split(": ", 1) for each in fields if each)
        headers = {name.lower(): value for name, value in pairs}
        body = await self.reader.readexactly(int(headers.get("content-length", 0)))
        if headers.get("connection", "").lower() == "close":
            await self.close()
        return int(line.split()[1]), headers, body


def check_answer(status, body, picture):
    answer = json.loads(body) if status == 201 else {}
    is_right = answer.get("sha256") == picture.sha256
    if not is_right or answer["class_name"] not in picture.class_names:
        raise WrongAnswer(f"{status} for {picture.name}: {body[:300]!r}")


def check_page(status, body, picture):
    heading = HEADING.search(body.decode())
    text = html.unescape(heading[1]).casefold() if heading else ""
    names = [spoken(name).bare.casefold() for name in picture.class_names]
    if status != 200 or not any(name in text for name in names):
        raise WrongAnswer(f"{status} for {picture.name}: {text}, not {names}")


async def closed_loop(target, pictures, at_once):
    """Send each picture once, by clients that wait for their answers."""
    figures, waiting = Figures(), iter(prepared(target, pictures))

    async def work():
        client = Client(target)
        for picture, request in waiting:
            await timed(client, picture, request, figures)
        await client.close()

    begin = time.perf_counter()
    await asyncio.gather(*(work() for _ in range(at_once)))
    figures.seconds = time.perf_counter() - begin
    return figures


async def open_loop(target, pictures, per_s):
    """Send each picture at its time, however late the answers are."""
    figures, free, tasks = Figures(), [], []

    async def work(picture, request):
        client = free.pop() if free else Client(target)
        await timed(client, picture, request, figures)
        free.append(client)

    begin = time.perf_counter()
    for number, each in enumerate(prepared(target, pictures)):
        await asyncio.sleep(max(0, begin + number / per_s - time.perf_counter()))
        tasks.append(asyncio.ensure_future(work(*each)))
    await asyncio.gather(*tasks)
    figures.seconds = time.perf_counter() - begin
    return figures


def prepared(target, pictures):
    """Return (picture, request) of each, so that encoding costs no time later."""
    requests = {picture: target.request(picture) for picture in set(pictures)}
    return [(picture, requests[picture]) for picture in pictures]


async def timed(client, picture, request, figures):
    begin = time.perf_counter()
    if await client.send(picture, request):
        figures.refused += 1
        return
    seconds = time.perf_counter() - begin
    figures.latencies_s.append(seconds)
    if picture.media_type == "image/png":
        figures.small_latencies_s.append(seconds)
