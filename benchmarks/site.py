"""The seeded loopback site that crawls are measured on: the same pages, PDFs and hosts for every run of a seed."""

import argparse
import asyncio
import io
import json
import random
import ssl
import subprocess
import sys
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, ClassVar

SYLLABLES = tuple(left + right for left in "bdflmnprst" for right in "aeo")


@dataclass(frozen=True, slots=True)
class Plan:
    """How large the site is; `picture_kb` of each PDF are a picture. The same plan gives the same bytes."""

    pages: int = 3000
    pdfs: int = 200
    hosts: int = 50
    seed: int = 20
    picture_kb: int = 0

    def urls(self, scheme: str = "http") -> list[str]:
        """Every address of the site, hosts mixed as in a list of sources, robots.txt left out."""
        found = [f"{scheme}://{self.host(at)}/page-{at}.html" for at in range(self.pages)]
        found += [f"{scheme}://{self.host(at)}/report-{at}.pdf" for at in range(self.pdfs)]
        random.Random(self.seed).shuffle(found)
        return found

    def host(self, at: int) -> str:
        """The host of the page or PDF of this number."""
        return f"www.site-{at % self.hosts:02}.example"


def bodies(plan: Plan) -> Iterator[tuple[str, str, bytes]]:
    """URL, media type and body of every answer."""
    dice = random.Random(plan.seed)
    words = vocabulary(dice)
    for at in range(plan.hosts):
        yield f"http://{plan.host(at)}/robots.txt", "text/plain", b"User-agent: *\nDisallow: /private/\n"
    for at in range(plan.pages):
        yield f"http://{plan.host(at)}/page-{at}.html", "text/html; charset=utf-8", page(dice, words, at)
    for at in range(plan.pdfs):
        yield (
            f"http://{plan.host(at)}/report-{at}.pdf",
            "application/pdf",
            pdf(dice, words, dice.randint(2, 6), plan.picture_kb),
        )


def vocabulary(dice: random.Random, size: int = 5000) -> list[str]:
    """Made-up words of one to four syllables, common ones first."""
    return ["".join(dice.choices(SYLLABLES, k=dice.randint(1, 4))) for _ in range(size)]


def sentence(dice: random.Random, words: list[str]) -> str:
    """Words up to a full stop; the first words of the vocabulary are the most frequent, as in a language."""
    picked = [words[int(len(words) * dice.random() ** 3)] for _ in range(dice.randint(6, 24))]
    return " ".join(picked).capitalize() + "."


def page(dice: random.Random, words: list[str], at: int) -> bytes:
    """An article of 10 to 40 KB with a head, a menu and links."""
    wanted = dice.randint(10_000, 40_000)
    title = sentence(dice, words)
    menu = "".join(f'<li><a href="/section-{number}/">{words[number]}</a></li>' for number in range(12))
    parts = [
        f"<!doctype html><html lang='en'><head><meta charset='utf-8'><title>{title}</title>",
        f"<meta name='description' content='{sentence(dice, words)}'><link rel='stylesheet' href='/style.css'></head>",
        f"<body><nav><ul>{menu}</ul></nav><main><article><h1>{title}</h1>",
        "<time datetime='2024-05-17'>17 May 2024</time>",
    ]
    size = sum(map(len, parts))
    while size < wanted:
        text = " ".join(sentence(dice, words) for _ in range(dice.randint(2, 7)))
        parts.append(f"<p>{text} <a href='/page-{dice.randrange(3000)}.html'>{words[dice.randrange(99)]}</a></p>\n")
        size += len(parts[-1])
    parts.append(f"</article></main><footer>Page {at}</footer></body></html>\n")
    return "".join(parts).encode()


def pdf(dice: random.Random, words: list[str], pages: int, picture_kb: int = 0) -> bytes:
    """A report of `pages` text pages, the first with a picture of noise, so that it is as large as real ones are."""
    from reportlab.pdfgen.canvas import Canvas

    out = io.BytesIO()
    canvas = Canvas(out, invariant=1)
    canvas.setTitle(sentence(dice, words))
    if picture_kb:
        from PIL import Image
        from reportlab.lib.utils import ImageReader

        noise = Image.frombytes("L", (256, 4 * picture_kb), dice.randbytes(picture_kb << 10))
        canvas.drawImage(ImageReader(noise), 60, 60, 64, 64)
    for number in range(pages):
        lines = canvas.beginText(60, 780)
        lines.setFont("Helvetica", 10)
        for _ in range(48):
            lines.textLine(" ".join(sentence(dice, words) for _ in range(2))[:95])
        canvas.drawText(lines)
        canvas.drawString(290, 40, str(number + 1))
        canvas.showPage()
    canvas.save()
    return out.getvalue()


class Connection(asyncio.Protocol):
    """One connection: answers requests in origin form by their Host, and in absolute form as a proxy is asked.

    CONNECT makes it the TLS server of whatever host that names. https and http have the same answers.
    """

    secure: ClassVar[ssl.SSLContext | None] = None
    answers: ClassVar[dict[str, bytes]] = {}
    counts: ClassVar[dict[str, int]] = {"connections": 0, "requests": 0}

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """One more connection."""
        assert isinstance(transport, asyncio.Transport)
        self.transport, self.waiting = transport, b""
        self.counts["connections"] += 1

    def data_received(self, data: bytes) -> None:
        """Answer each request that is whole."""
        self.waiting += data
        while b"\r\n\r\n" in self.waiting:
            head, _, self.waiting = self.waiting.partition(b"\r\n\r\n")
            self.answer(head.decode("latin-1").split("\r\n"))

    def answer(self, lines: list[str]) -> None:
        """Write what this request's address has, or 404."""
        self.counts["requests"] += 1
        method, target, _ = lines[0].split(" ", 2)
        if method == "CONNECT" and self.secure is not None:
            self.counts["requests"] -= 1
            self.transport.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
            self.handshake = asyncio.ensure_future(self._become_secure(self.secure))
            return
        if not target.startswith("http"):
            host = next((line[5:].strip() for line in lines[1:] if line.lower().startswith("host:")), "")
            target = f"http://{host}{target}"
        answer = self.answers.get(target) or MISSING
        self.transport.write(answer if method == "GET" else answer.partition(b"\r\n\r\n")[0] + b"\r\n\r\n")

    async def _become_secure(self, context: ssl.SSLContext) -> None:
        loop = asyncio.get_running_loop()
        with suppress(OSError):  # whoever asked has gone
            self.transport = await loop.start_tls(self.transport, self, context, server_side=True) or self.transport


def certificate(plan: Plan, ca: Path) -> ssl.SSLContext:
    """A certificate for every host of the plan; the one that signed it is written to `ca`."""
    import trustme

    authority = trustme.CA()
    authority.cert_pem.write_to_path(ca)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    # With 1.3 each handshake of wget waits 40 ms, Nagle's rule for the delayed acknowledgement of the small packet
    # before: what is measured would be that.
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    hosts = {plan.host(at) for at in range(plan.hosts)}
    authority.issue_cert(*sorted(hosts)).configure_cert(context)
    return context


def response(mime: str, body: bytes) -> bytes:
    """The whole answer as it goes over the wire."""
    head = (
        f"HTTP/1.1 200 OK\r\nDate: Fri, 17 May 2024 09:00:00 GMT\r\nServer: seeded\r\nContent-Type: {mime}\r\n"
        f'Content-Length: {len(body)}\r\nETag: "{zlib.crc32(body):x}"\r\nConnection: keep-alive\r\n\r\n'
    )
    return head.encode() + body


MISSING = (
    b"HTTP/1.1 404 Not Found\r\nContent-Type: text/plain\r\nContent-Length: 7\r\nConnection: keep-alive\r\n\r\nnothing"
)


async def serve(plan: Plan, ca: Path | None) -> None:
    """Answers until the standard input ends; its ports, the second for TLS or 0, are the first line printed."""
    Connection.answers.update((url, response(mime, body)) for url, mime, body in bodies(plan))
    Connection.secure = certificate(plan, ca) if ca else None
    loop = asyncio.get_running_loop()
    servers = [await loop.create_server(Connection, "127.0.0.1", 0, backlog=512)]
    if Connection.secure:
        servers.append(await loop.create_server(Connection, "127.0.0.1", 0, backlog=512, ssl=Connection.secure))
    ports = [server.sockets[0].getsockname()[1] for server in servers]
    print(*(ports if ca else [*ports, 0]), flush=True)
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        if line.strip() == "counts":
            print(json.dumps(Connection.counts), flush=True)
            Connection.counts.update(connections=0, requests=0)
    for server in servers:
        server.close()


@dataclass
class Site:
    """A running site: where it listens, and the pipes to its process.

    secure: its TLS origin, "" without one; ca: where the certificate lies that signed its own.
    """

    origin: str
    secure: str
    ca: Path | None
    asks: IO[str]
    says: IO[str]

    def counts(self) -> dict[str, int]:
        """Connections and requests since the last call."""
        self.asks.write("counts\n")
        self.asks.flush()
        counts: dict[str, int] = json.loads(self.says.readline())
        return counts


@contextmanager
def running(plan: Plan, ca: Path | None = None) -> Iterator[Site]:
    """The site in a process of its own, until the block ends; with `ca` over TLS as well."""
    options = [f"--{name}={value}" for name, value in asdict(plan).items()]
    options += [f"--ca={ca}"] if ca else []
    command = [sys.executable, "-m", "benchmarks.site", *options]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin
        assert process.stdout
        plain, secure = process.stdout.readline().split()
        secure = f"https://127.0.0.1:{secure}" if ca else ""
        yield Site(f"http://127.0.0.1:{plain}", secure, ca, process.stdin, process.stdout)
        process.stdin.close()


def main() -> None:
    """Serves the site that the options ask for."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name, value in asdict(Plan()).items():
        parser.add_argument(f"--{name}", type=int, default=value)
    parser.add_argument("--ca", type=Path, help="serve TLS too, and write the signing certificate here")
    given = vars(parser.parse_args())
    ca = given.pop("ca")
    asyncio.run(serve(Plan(**given), ca))


if __name__ == "__main__":
    main()
