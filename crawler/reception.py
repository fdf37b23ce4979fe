"""Reception: one answer as it comes in, kept first, then framed, and ended by its limits."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from archive.capture import Fault, Framing, Truncation
from archive.errors import WriteFailed
from crawler.framing import Framer, Phase
from crawler.limits import Limits
from crawler.spool import Spool

LARGEST_PIECE = 64 * 1024  # what one read of a connection gives at most; more would hold up the others


@dataclass(frozen=True, slots=True)
class Ending:
    """Why no more bytes are read: the answer is whole when neither a cut nor a fault is set.

    `detail` may then still tell of something odd in its framing.
    """

    truncated: Truncation | None = None
    fault: Fault | None = None
    detail: str = ""


class Reception:
    """Takes the bytes of one answer until it is whole, cut at a limit, too late, or the connection has gone.

    `over` resolves to the Ending; it fails only with WriteFailed, when the disk refuses a long answer.
    `deadline` is a time of the running loop.
    """

    __slots__ = ("_deadline", "_last_byte", "_limits", "_loop", "_timer", "framer", "on_over", "over", "spool")

    def __init__(self, method: str, limits: Limits, *, deadline: float, folder: Path | None = None) -> None:
        self._loop = asyncio.get_running_loop()
        self._limits = limits
        self._deadline = deadline
        self._last_byte = self._loop.time()
        self._timer = self._loop.call_at(min(deadline, self._last_byte + limits.idle_s), self._look_at_clock)
        self.framer = Framer(method, limits)
        # The head is read from memory, so a spool begins no earlier than the longest head.
        self.spool = Spool(max(limits.spool_at, limits.head_bytes + LARGEST_PIECE), folder)
        self.over: asyncio.Future[Ending] = self._loop.create_future()
        self.on_over: Callable[[], None] | None = None

    def receive(self, piece: memoryview) -> None:
        """Keeps and frames what just came."""
        self._last_byte = self._loop.time()
        try:
            in_head = self.framer.phase is Phase.HEAD
            fits = self._receive_head(piece) if in_head else self._receive_body(piece)
        except WriteFailed as failed:
            self._stop(failed)
            return
        if self.framer.phase is Phase.ENDED:
            self._stop(Ending(detail=self.framer.doubt))
        elif not fits:
            self._cut()

    def _receive_head(self, piece: memoryview) -> bool:
        """Keeps a piece that may hold the end of the head; False when more came than may be kept."""
        framer, spool = self.framer, self.spool
        spool.append(piece)
        framer.read_head(spool.memory)
        fits = framer.phase is Phase.HEAD or spool.length <= self._room_end()
        if not fits:
            spool.shorten(self._room_end())
        with memoryview(spool.memory) as whole, whole[framer.body_at :] as rest:
            framer.read_body(rest)
        return fits

    def _receive_body(self, piece: memoryview) -> bool:
        """Keeps a piece of the body; False when more came than may be kept."""
        room = self._room_end() - self.spool.length
        kept = piece[:room]
        self.spool.append(kept)
        self.framer.read_body(kept)
        return len(piece) <= room

    def _room_end(self) -> int:
        """How many bytes of this answer may be kept."""
        if self.framer.fault is Fault.HEADERS_TOO_LARGE:
            return self.framer.body_at + self._limits.kept_unframed_bytes
        return self.framer.body_at + self._limits.body_bytes

    def _cut(self) -> None:
        limit = self._room_end() - self.framer.body_at
        self._stop(self._ending(Truncation.LENGTH, Fault.TOO_LARGE, f"cut after {limit} bytes"))

    def connection_ended(self, error: Exception | None, fault: Fault | None = None) -> None:
        """The peer sends no more: `error` is None when it closed in good order. `fault` overrides the guess."""
        if self.over.done():
            return
        framer = self.framer
        whole = framer.phase is Phase.BODY and framer.framing is Framing.CLOSE
        if error is not None:
            self._stop(self._ending(Truncation.DISCONNECT, fault or Fault.RESET, describe(error)))
        elif whole:
            framer.end_at = self.spool.length
            self._stop(Ending(detail=framer.doubt))
        elif framer.phase is Phase.UNFRAMED:
            kind = None if framer.fault else Truncation.UNSPECIFIED
            self._stop(Ending(kind, framer.fault, framer.doubt))
        elif self.spool.length:
            self._stop(Ending(Truncation.DISCONNECT, fault or Fault.CLOSED, "closed before the answer was whole"))
        else:
            self._stop(Ending(None, fault or Fault.CLOSED, "closed without an answer"))

    def _look_at_clock(self) -> None:
        now = self._loop.time()
        quiet_until = self._last_byte + self._limits.idle_s
        if now >= self._deadline:
            self._time_out(f"not whole after {self._limits.total_s:g} s")
        elif now >= quiet_until:
            self._time_out(f"silent for {self._limits.idle_s:g} s")
        else:
            self._timer = self._loop.call_at(min(self._deadline, quiet_until), self._look_at_clock)

    def _time_out(self, detail: str) -> None:
        self._stop(self._ending(Truncation.TIME, Fault.TIMEOUT, detail))

    def _ending(self, truncated: Truncation, fault: Fault, detail: str) -> Ending:
        """An end before the answer was whole; a fault of its head says more than how it stopped."""
        framer = self.framer
        kind = truncated if self.spool.length else None
        detail = "; ".join(filter(None, (framer.doubt, detail)))
        return Ending(kind, framer.fault or fault, detail)

    def _stop(self, ending: Ending | WriteFailed) -> None:
        self._timer.cancel()
        if self.over.done():
            return
        if isinstance(ending, Ending):
            self.over.set_result(ending)
        else:
            self.over.set_exception(ending)
        if self.on_over is not None:
            self.on_over()

    def give_up(self) -> None:
        """Nobody waits for this answer any more."""
        self._timer.cancel()
        self.over.cancel()
        self.spool.drop()


def describe(error: BaseException) -> str:
    """What an operating system or TLS error says, in one line."""
    text = getattr(error, "strerror", None) or getattr(error, "reason", None) or str(error)
    return str(text) or type(error).__name__
