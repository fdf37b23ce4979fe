"""A page as a browser shows it: opened from what was captured, waited for until it is quiet, then taken down."""

import asyncio
import base64
from collections.abc import Awaitable
from dataclasses import dataclass
from typing import Any, TypeVar

from crawler.browser import WIDTH, NotShown, Tab, first_line
from crawler.embedding import Ask, Budget, Embedding
from crawler.fetcher import Fetched

T = TypeVar("T")
QUIET_S, POLL_S = 1.0, 0.1  # without a request so long after its loading, a page is as it will be
TAKING_S, ENDING_S = 10.0, 2.0
MOST_DOM = 8 << 20  # bytes, as much of a page as is read for where it leads
MOST_HEIGHT = 10_000  # pixels of a picture
# Run in a world of its own, where the page's scripts have changed nothing.
_DOM = f"""(() => {{
  const kind = document.doctype ? new XMLSerializer().serializeToString(document.doctype) + "\\n" : "";
  const text = document.documentElement ? kind + document.documentElement.outerHTML : "";
  return text.length > {MOST_DOM} ? null : text;
}})()"""


@dataclass(frozen=True, slots=True)
class View:
    """What a page became: its document as HTML in UTF-8, a picture as PNG, each None where it could not be taken.

    `note` tells a person how it went.
    """

    dom: bytes | None
    picture: bytes | None
    note: str


async def view(tab: Tab, page: Fetched, ask: Ask, budget: Budget) -> View:
    """What the captured page becomes in this tab. NotShown when it does not come to be shown at all.

    Raises what broke the crawl in one of its requests.
    """
    from playwright.async_api import Error

    try:
        return await _View(tab, page, ask, budget).show()
    except Error as error:
        raise NotShown(first_line(error)) from error


def _raise_if(crashed: bool) -> None:
    if crashed:
        raise NotShown("its process ended, as it does when a page takes too much memory")


class _View:
    """One page that is being shown."""

    def __init__(self, tab: Tab, page: Fetched, ask: Ask, budget: Budget) -> None:
        self._tab, self._page, self._ask, self._budget = tab, page, ask, budget
        self._now = asyncio.get_running_loop().time
        self._crashed = False
        self._closing: set[asyncio.Task[None]] = set()

    async def show(self) -> View:
        until = self._now() + self._budget.seconds
        frames = await self._tab.line.send("Page.getFrameTree")
        self._frame = frames["frameTree"]["frame"]["id"]
        embedding = Embedding(self._tab.line, self._page, self._ask, self._budget, self._frame)
        self._listen(embedding)
        await self._tab.line.send("Fetch.enable", {"patterns": [{"urlPattern": "*"}]})
        # Without a deadline of its own: one that is never over is ended by the budget.
        going = asyncio.ensure_future(self._tab.page.goto(self._page.seed.url, wait_until="load", timeout=0))
        try:
            await self._wait(going, embedding, until)
            waiting = embedding.waiting
            await embedding.end(ENDING_S)
            return await self._taken(embedding, waiting)
        finally:
            await embedding.end(0)
            going.cancel()
            await asyncio.gather(going, *self._closing, return_exceptions=True)

    def _listen(self, embedding: Embedding) -> None:
        page = self._tab.page

        def crashed(_: Any) -> None:
            self._crashed = True

        def opened(other: Any) -> None:
            embedding.left_out["window"] += 1
            task = asyncio.ensure_future(other.close())
            self._closing.add(task)

        def leave_out(what: str) -> Any:
            return lambda _: embedding.left_out.update([what])

        def loaded(_: Any) -> None:
            embedding.loaded = True

        page.on("crash", crashed)
        page.on("load", loaded)
        page.on("websocket", leave_out("websocket"))
        page.on("download", leave_out("download"))
        self._tab.context.on("page", opened)
        self._tab.line.on("Fetch.requestPaused", embedding.hear)

    async def _wait(self, going: "asyncio.Future[Any]", embedding: Embedding, until: float) -> None:
        """Until the page is loaded and quiet, or its budget is spent."""
        while not embedding.over:
            if embedding.failure is not None:
                raise embedding.failure
            _raise_if(self._crashed)
            now = self._now()
            if now >= until:
                embedding.cut(f"{self._budget.seconds:g} s")
            elif going.done() and not embedding.waiting and now - embedding.changed_at >= QUIET_S:
                return
            await asyncio.sleep(POLL_S)

    async def _taken(self, embedding: Embedding, waiting: int) -> View:
        if embedding.failure is not None:
            raise embedding.failure
        if not embedding.is_there:  # the browser shows an error of its own, which is nobody's page
            raise NotShown("it is coded in a way that is not taken off here, or too long")
        if embedding.leads_to:
            raise NotShown(f"a script of it leads on to {embedding.leads_to}, which is not followed")
        dom, picture = await self._soon(self._dom()), await self._soon(self._picture())
        _raise_if(self._crashed)
        told = ["shown in a browser", embedding.told()]
        if embedding.spent:
            told.append(f"ended after {embedding.spent}" + (f" with {waiting} under way" if waiting else ""))
        told += [f"no {what} could be taken" for what, taken in (("document", dom), ("picture", picture)) if not taken]
        return View(dom, picture, "; ".join(told))

    async def _soon(self, work: Awaitable[T]) -> T | None:
        """The result, or None when the page is too busy with itself to give it."""
        try:
            return await asyncio.wait_for(work, TAKING_S)
        except TimeoutError:
            return None

    async def _dom(self) -> bytes | None:
        line = self._tab.line
        world = await line.send("Page.createIsolatedWorld", {"frameId": self._frame, "worldName": "archive"})
        asked = {"expression": _DOM, "contextId": world["executionContextId"], "returnByValue": True}
        answer = await line.send("Runtime.evaluate", asked)
        text = answer["result"].get("value")
        content = text.encode("utf-8", "replace") if isinstance(text, str) else b""
        return content if 0 < len(content) <= MOST_DOM else None

    async def _picture(self) -> bytes:
        line = self._tab.line
        size = (await line.send("Page.getLayoutMetrics"))["cssContentSize"]
        height = max(1, min(int(size["height"]), MOST_HEIGHT))
        clip = {"x": 0, "y": 0, "width": WIDTH, "height": height, "scale": 1}
        asked = {"format": "png", "captureBeyondViewport": True, "clip": clip}
        answer = await line.send("Page.captureScreenshot", asked)
        return base64.b64decode(answer["data"])
