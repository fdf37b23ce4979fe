"""The browser: one Chromium for a crawl, started when a page is first to be shown, and again when it died."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from crawler import chromium

START_S, CLOSING_S, ENDING_S = 30.0, 5.0, 1.0
MOST_FAILURES = 3  # to start, in a row: then it is not tried again in this crawl
WIDTH, HEIGHT = 1280, 800
# What scripts see; on the wire each request bears the crawl's own name.
_LOOKS = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{version} Safari/537.36 {agent}"


class NotShown(Exception):
    """A page could not be shown; the text says why, for a person."""


@dataclass(frozen=True, slots=True)
class Tab:
    """A page that is open, with a context of its own, and the line on which the browser is spoken to about it.

    `software` names the browser with its version. The objects are Playwright's.
    """

    context: Any
    page: Any
    line: Any
    software: str


class Browser:
    """Opens tabs; belongs to one running loop. `close` ends the browser and every process of it."""

    def __init__(self, agent: str) -> None:
        self._agent = agent
        self._starting = asyncio.Lock()
        self._playwright: Any = None
        self._browser: Any = None
        self._failures = 0
        self._closed = False

    @asynccontextmanager
    async def tab(self) -> AsyncIterator[Tab]:
        """A fresh tab, closed afterwards whatever its page is at. NotShown when there is no browser to be had."""
        context, software = await self._context()
        within_s = CLOSING_S
        try:
            page = await context.new_page()
            yield Tab(context, page, await context.new_cdp_session(page), software)
        except asyncio.CancelledError:
            within_s = ENDING_S / 5  # the crawl ends, and the browser with it
            raise
        finally:
            if not await _ends(context.close(), within_s):
                await self._end()  # it does not hear any more; another is started for the next page

    async def _context(self) -> tuple[Any, str]:
        """A context of a browser that answers; one that died since is replaced."""
        from playwright.async_api import Error

        for _ in range(2):
            browser = await self._running()
            version = browser.version
            looks = _LOOKS.format(version=f"{version.partition('.')[0]}.0.0.0", agent=self._agent)
            size = {"width": WIDTH, "height": HEIGHT}
            with suppress(Error):  # it died: once more, with another
                context = await browser.new_context(
                    user_agent=looks, viewport=size, locale="en", service_workers="block", accept_downloads=False
                )
                return context, f"Chromium/{version}"
            await self._end()
        raise NotShown("the browser dies as soon as it is started")

    async def _running(self) -> Any:
        async with self._starting:
            if self._closed:
                raise NotShown("the crawl ends")
            if self._browser is None or not self._browser.is_connected():
                await self._end()
                await self._start()
            return self._browser

    async def _start(self) -> None:
        from playwright.async_api import Error, async_playwright

        if self._failures >= MOST_FAILURES:
            raise NotShown(f"the browser could not be started {MOST_FAILURES} times")
        try:
            start = chromium.start()
            self._playwright = await async_playwright().start()
            self._browser = await self._playwright.chromium.launch(
                executable_path=start.command[0],
                args=list(start.command[1:]),
                env=start.environment,
                ignore_default_args=True,
                handle_sigint=False,
                handle_sigterm=False,
                handle_sighup=False,
                timeout=START_S * 1000,
            )
        except (Error, OSError) as error:
            self._failures += 1
            await self._end()
            raise NotShown(f"the browser could not be started: {first_line(error)}") from error
        self._failures = 0

    async def close(self) -> None:
        """Ends the browser; no tab is opened any more."""
        self._closed = True
        await self._end()

    async def _end(self) -> None:
        """Ends browser and driver, in order when they listen; else the driver is killed, and the cage dies with it."""
        browser, playwright, self._browser, self._playwright = self._browser, self._playwright, None, None
        if browser is not None:
            await _ends(browser.close(), ENDING_S)
        if playwright is not None and not await _ends(playwright.stop(), ENDING_S):
            for driver in _drivers():
                os.kill(driver, signal.SIGKILL)


def first_line(error: Exception) -> str:
    """What an error of Playwright says, without the log that follows."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[0][:200] if lines else type(error).__name__


async def _ends(work: Awaitable[object], within_s: float) -> bool:
    """True when this closing of something comes to its end by then; what is closed may be dead already."""
    from playwright.async_api import Error

    try:
        await asyncio.wait_for(work, within_s)
    except TimeoutError:
        return False
    except Error:
        return True
    return True


def _drivers() -> list[int]:
    """The processes of Playwright's driver that this process has started."""
    found = []
    for listed in Path("/proc/self/task").glob("*/children"):
        for number in listed.read_text().split():
            with suppress(OSError):  # it has ended meanwhile
                words = Path("/proc", number, "cmdline").read_bytes().split(b"\0")
                if b"run-driver" in words:
                    found.append(int(number))
    return found
