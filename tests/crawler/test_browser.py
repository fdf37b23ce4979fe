"""Pages shown in a browser: it reaches nothing by itself, all it asks for is fetched politely, kept, and bounded."""

import gzip
import json
import os
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from archive.errors import WriteFailed
from archive.seed import Outcome, OutcomeKind, Why
from crawler import pageview
from crawler.chromium import cage, program
from crawler.connect_to import ConnectTo
from crawler.embedding import Budget
from crawler.limits import Limits
from crawler.renderer import Showing
from tests.browsers import browsers_of, gone, me, needs_browser, sockets_of
from tests.crawler.bench import Trial
from tests.site import Answer, Request, Site, Talk, answer, page, redirect

pytestmark = needs_browser
PAGE = "http://js.test/report"
SCRIPT = """
const put = text => { const p = document.createElement('p'); p.textContent = text; document.body.append(p) };
const get = (url, more) => fetch(url, more).then(r => r.json().then(j => put(j.text + ' from ' + r.url)))
  .catch(error => put(url + ' failed'));
get('/api.json'); get('/moved.json'); get('http://api.test/open.json'); get('http://api.test/closed.json');
get('/private.json'); get('/api.json', {method: 'POST', body: 'x'}); get('/packed.json');
"""


@pytest.fixture
def site() -> Iterator[Site]:
    with Site() as site:
        yield site


def js(text: str) -> Answer:
    return answer(200, text.encode(), "text/javascript")


def told(text: str, **headers: str) -> Answer:
    return answer(200, json.dumps({"text": text}).encode(), "application/json", **headers)


def shown(trial: Trial, *urls: str, budget: Budget | None = None, **more: Any) -> dict[str, Outcome]:
    """One crawl of these pages with a browser for all hosts of `.test`."""
    showing = Showing(("*.test",), trial.archive.keep_resource, budget or Budget(seconds=20))
    rules, limits = ConnectTo.of([f"*.test={trial.site.origin}"]), Limits(total_s=20, idle_s=10)
    return trial.run(list(urls), connect_to=rules, limits=limits, showing=showing, **more)


def dom(trial: Trial, url: str) -> str:
    return trial.archive.resources[f"urn:dom:{url}"][0].decode()


def test_a_page_is_read_as_its_scripts_made_it_and_each_request_of_it_is_fetched_and_kept(site: Site) -> None:
    site.add("*", "/robots.txt", answer(200, b"User-agent: *\nDisallow: /private"))
    site.add("js.test", "/report", page("<noscript>Enable it</noscript><script src=/app.js></script>"))
    site.add("js.test", "/app.js", js(SCRIPT))
    site.add("js.test", "/api.json", told("the ledger"))
    site.add("js.test", "/moved.json", redirect("/here.json"))
    site.add("js.test", "/here.json", told("the moved one"))
    packed = gzip.compress(json.dumps({"text": "the packed one"}).encode())
    site.add("js.test", "/packed.json", answer(200, packed, "application/json", Content_Encoding="gzip"))
    site.add("api.test", "/open.json", told("the open one", Access_Control_Allow_Origin="http://js.test"))
    site.add("api.test", "/closed.json", told("the closed one"))
    trial = Trial(site)
    outcome = shown(trial, PAGE)[PAGE]

    became = dom(trial, PAGE)
    assert "the ledger from http://js.test/api.json" in became
    assert "the moved one from http://js.test/here.json" in became, "the browser was given the redirect as it was"
    assert "the packed one" in became
    assert "the open one" in became
    assert "closed.json failed" in became, "a server that does not allow it is not read by pages of others"
    assert "/private.json failed" in became
    assert [order[1].decode() for order in trial.reader.orders] == [became], "what leads on is looked for in it"

    asked = [(one.host, one.method, one.path) for one in site.requests]
    assert len(asked) == len(set(asked)), "nothing twice, the page neither"
    assert {method for _, method, _ in asked} == {"GET"}
    assert not site.asked(path="/private.json")
    assert {one.headers["user-agent"] for one in site.requests} == {trial_agent()}
    assert [one.headers.get("origin") for one in site.asked("api.test", "/open.json")] == ["http://js.test"]
    kept = {exchange.url: origin for exchange, origin, _ in trial.archive.kept}
    assert {url for url, origin in kept.items() if origin.why == Why.EMBEDDED.value} == {
        f"http://js.test/{name}" for name in ("app.js", "api.json", "moved.json", "here.json", "packed.json")
    } | {"http://api.test/open.json", "http://api.test/closed.json"}
    assert kept["http://js.test/api.json"].hops == "E"
    assert (kept["http://js.test/here.json"].hops, kept["http://js.test/here.json"].via) == ("ER", PAGE)

    for name in ("dom", "fullPage"):
        content, origin, made_of = trial.archive.resources[f"urn:{name}:{PAGE}"]
        assert made_of is not None
        assert (origin.why, origin.via, made_of.capture.url) == (Why.SHOWN.value, PAGE, PAGE)
        assert made_of.software.startswith("Chromium/")
    assert content.startswith(b"\x89PNG")
    assert outcome.kind is OutcomeKind.CAPTURED
    assert outcome.reason == ("shown in a browser; 7 of 8 requests answered; left out: 1 POST request, 1 robots_denied")
    assert not browsers_of(me()), "it ends with the crawl"


def trial_agent() -> str:
    from tests.crawler.bench import AGENT

    return AGENT


def test_a_page_that_asks_for_too_much_is_ended_and_kept_as_it_is_by_then_and_an_apology_is_none(site: Site) -> None:
    begun = "<p>what is there at once</p><script>%s</script>"
    site.add("many.test", "/", begun % "for (let i = 0; i < 30; i++) fetch('/data?' + i)")
    site.add("long.test", "/", begun % "let n = 0; setInterval(() => fetch('/data?' + n++), 100)")
    site.add("large.test", "/", begun % "for (let i = 0; i < 3; i++) fetch('/large?' + i)")
    site.add("*", "/data", told("x"))
    site.add("*", "/large", answer(200, b"x" * 60_000))
    lost = "document.title = ['Page', 'not', 'found'].join(' '); document.body.innerHTML = `<h1>${document.title}</h1>`"
    site.add("lost.test", "/", f"<body><script>{lost}</script>")
    site.add("coded.test", "/", answer(200, b"\x0b\x02\x80<p>a\x03", "text/html", Content_Encoding="br"))
    trial = Trial(site)
    urls = [f"http://{name}.test/" for name in ("many", "long", "large")]
    others = ["http://lost.test/", "http://coded.test/"]
    ended = shown(trial, *urls, *others, budget=Budget(requests=12, seconds=30, bytes=100_000))
    sorry, coded = map(ended.pop, others)
    assert coded.reason.startswith("not shown in a browser, read as it was sent: it is coded")
    assert "urn:dom:http://coded.test/" not in trial.archive.resources
    reasons = {url: outcome.reason for url, outcome in ended.items()}
    assert "12 of 12 requests answered; left out: 18 further request; ended after 12 requests" in reasons[urls[0]]
    assert "ended after 12 requests" in reasons[urls[1]]
    assert "1 of 3 requests answered; left out: " in reasons[urls[2]]
    assert "1 too_large" in reasons[urls[2]]
    assert "ended after 0.0954 MiB" in reasons[urls[2]]
    assert len(site.asked("many.test", "/data?11")) == 1
    assert len([one for one in site.asked("many.test") if one.path.startswith("/data")]) == 12
    assert sorry.kind is OutcomeKind.NOT_FOUND, "what a page becomes is judged like what was sent"
    assert sorry.reason.startswith("a soft 404: ")
    assert "urn:fullPage:http://lost.test/" in trial.archive.resources
    assert "urn:dom:http://lost.test/" not in trial.archive.resources
    for url in urls:
        assert ended[url].kind is OutcomeKind.CAPTURED
        assert "what is there at once" in dom(trial, url)


@pytest.mark.torture
def test_a_page_that_hangs_crashes_or_never_ends_costs_itself_alone(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pageview, "TAKING_S", 1.5)
    site.add("loop.test", "/", "<p>as sent</p><script>for (;;);</script>")
    grow = "const s = 'x'.repeat(1 << 20); for (let i = 0; i < 400; i++) document.body.append(s)"
    site.add("grow.test", "/", f"<p>as sent</p><script>addEventListener('load', () => {{ {grow} }})</script>")
    site.add("wait.test", "/", "<p>as sent</p><script>fetch('/never')</script>")
    site.add("wait.test", "/never", lambda request, talk: talk.wait(30))
    site.add("good.test", "/", "<script>document.write('<p>made by a script</p>')</script>")
    site.add("leads.test", "/", "<script>location = 'http://other.test/'; open('/pop')</script><p>as sent</p>")
    trial = Trial(site)
    urls = [f"http://{name}.test/" for name in ("loop", "grow", "wait", "good", "leads")]
    ended = shown(trial, *urls, budget=Budget(seconds=4))
    assert {outcome.kind for outcome in ended.values()} == {OutcomeKind.CAPTURED}
    reasons = {url: outcome.reason for url, outcome in ended.items()}
    assert reasons[urls[0]].endswith("no document could be taken; no picture could be taken; read as it was sent")
    assert "memory" in reasons[urls[1]] or "document could be taken" in reasons[urls[1]]
    assert "read as it was sent" in reasons[urls[1]]
    assert "left out: 1 timeout" in reasons[urls[2]]
    assert "as sent" in dom(trial, urls[2])
    assert "made by a script</p>" in dom(trial, urls[3])
    assert reasons[urls[4]] == (
        "not shown in a browser, read as it was sent: "
        "a script of it leads on to http://other.test/, which is not followed"
    )
    assert not site.asked("other.test")
    assert not site.asked(path="/pop")


@pytest.mark.torture
def test_a_browser_that_dies_is_started_again_for_the_next_page(site: Site) -> None:
    killed: list[int] = []

    def kill(request: Request, talk: Talk) -> Answer:
        killed.extend(browsers_of(me()))
        os.kill(killed[0], signal.SIGKILL)
        return js("")

    site.add("js.test", "/first", "<script src=/kill.js></script>")
    site.add("js.test", "/kill.js", kill)
    site.add("js.test", "/second", "<script>document.write('<p>made by a script</p>')</script>")
    trial = Trial(site)
    ended = shown(trial, "http://js.test/first", "http://js.test/second")
    assert "not shown in a browser, read as it was sent" in ended["http://js.test/first"].reason
    assert ended["http://js.test/second"].reason == "shown in a browser; no further request"
    assert "made by a script" in dom(trial, "http://js.test/second")
    assert killed
    assert gone(killed)


def test_a_stopped_crawl_ends_the_browser_within_five_seconds(site: Site) -> None:
    stop = threading.Event()
    running: list[int] = []
    stopped_at: list[float] = []

    def asked(request: Request, talk: Talk) -> Answer:
        running.extend(browsers_of(me()))
        stopped_at.append(time.monotonic())
        stop.set()
        talk.wait(20)
        return js("")

    site.add("js.test", "/", "<script src=/slow.js></script>")
    site.add("js.test", "/slow.js", asked)
    assert shown(Trial(site), "http://js.test/", stop=stop) == {}
    assert time.monotonic() - stopped_at[0] < 5
    assert running
    assert gone(running, 0.5)


@pytest.mark.torture
def test_a_full_disk_ends_the_crawl_and_is_no_pages_fault(site: Site) -> None:
    site.add("js.test", "/", "<p>small</p>")
    trial = Trial(site)
    trial.archive.room = 2  # robots.txt and the page itself
    with pytest.raises(WriteFailed):
        shown(trial, "http://js.test/")
    assert not browsers_of(me())


CANARY = """<p>tries</p><script>
const to = '127.0.0.1:%(port)d';
addEventListener('load', () => {
  for (const host of [to, '10.0.0.1', '169.254.169.254', '[::1]:%(port)d', '0x7f000001:%(port)d', 'localhost:%(port)d'])
    fetch('http://' + host + '/fetched', {mode: 'no-cors'}).catch(() => 0);
  for (const scheme of ['ws', 'wss']) try { new WebSocket(scheme + '://' + to + '/socket') } catch (error) {}
  try { new EventSource('http://' + to + '/events') } catch (error) {}
  const peer = new RTCPeerConnection({iceServers: [{urls: 'stun:' + to}]});
  peer.createDataChannel('x');
  peer.createOffer().then(offer => peer.setLocalDescription(offer));
  navigator.sendBeacon('http://' + to + '/beacon', 'x');
  for (const rel of ['prefetch', 'preconnect', 'dns-prefetch', 'preload', 'modulepreload', 'stylesheet', 'icon'])
    document.head.insertAdjacentHTML('beforeend', `<link rel=${rel} as=script href=http://${to}/${rel}>`);
  for (const tag of ['iframe', 'img', 'audio', 'video', 'embed'])
    document.body.insertAdjacentHTML('beforeend', `<${tag} src=http://${to}/${tag}></${tag}>`);
  document.body.insertAdjacentHTML('beforeend', `<form method=post action=http://${to}/form></form>`);
  fetch('/to-private');
  new Worker(URL.createObjectURL(new Blob([`fetch('http://${to}/worker', {mode: 'no-cors'})`])));
  setTimeout(() => { document.forms[0].submit(); open('http://' + to + '/window') }, 300);
  fetch('/look');
});
</script>"""


class Canary:
    """Counts whoever comes to a port of loopback, by TCP or UDP."""

    def __enter__(self) -> "Canary":
        self._tcp = socket.create_server(("127.0.0.1", 0), backlog=100)
        self.port = self._tcp.getsockname()[1]
        self._udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._udp.bind(("127.0.0.1", self.port))
        self.tcp = self.udp = 0
        for count in (self._count_tcp, self._count_udp):
            threading.Thread(target=count, daemon=True).start()
        return self

    def _count_tcp(self) -> None:
        try:
            while True:
                self._tcp.accept()[0].close()
                self.tcp += 1
        except OSError:
            return  # it is over

    def _count_udp(self) -> None:
        try:
            while self._udp.recv(2000):
                self.udp += 1
        except OSError:
            return  # it is over

    def __exit__(self, *_: object) -> None:
        self._tcp.shutdown(socket.SHUT_RDWR)
        self._tcp.close()
        self._udp.close()


def test_no_page_makes_the_browser_reach_anything_by_itself(site: Site) -> None:
    found: list[str] = []
    looked_at: list[int] = []

    def look(request: Request, talk: Talk) -> Answer:
        talk.wait(1.5)  # whatever it is up to, it is at it by now
        for one in browsers_of(me()):
            looked_at.append(one)
            if Path(f"/proc/{one}/ns/net").readlink() == Path("/proc/self/ns/net").readlink():
                continue  # the cage from outside
            found.extend(sockets_of(one))
        return told("looked")

    site.add("js.test", "/look", look)
    with Canary() as canary:
        site.add("js.test", "/", page(CANARY % {"port": canary.port}))
        site.add("js.test", "/to-private", redirect(f"http://127.0.0.1:{canary.port}/redirected"))
        trial = Trial(site)
        outcome = shown(trial, "http://js.test/")["http://js.test/"]
        assert (canary.tcp, canary.udp, found) == (0, 0, [])
        assert len(looked_at) >= 4
        assert {one.host for one in site.requests} == {"js.test"}
        assert {one.method for one in site.requests} == {"GET"}
        refused = int(outcome.reason.partition(" refused_address")[0].rpartition(" ")[2])
        assert refused >= 10
        for what in ("POST request", "websocket", "media", "other page"):
            assert what in outcome.reason

        free(f"{site.origin}/canary", site, CANARY % {"port": canary.port})
        time.sleep(0.2)
        assert canary.tcp > 5, "the same page in a browser that is left alone comes through"


def free(url: str, site: Site, text: str) -> None:
    """The page in a browser that has the network, a while."""
    site.add("*", "/canary", page(text))
    words = [word for word in cage() if word != "--unshare-all"] + ["--unshare-user", "--unshare-pid", "--unshare-ipc"]
    subprocess.run(
        [*words, str(program()), "--headless", "--user-data-dir=/tmp/profile", "--timeout=3000", "--dump-dom", url],
        env={"HOME": "/tmp", "PATH": "/usr/bin:/bin"},
        capture_output=True,
        timeout=60,
    )
