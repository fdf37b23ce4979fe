"""Pool: worker processes, reused, limited, killed when late, so that no document can stop a run."""

import queue
import threading
from collections.abc import Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

from archive.errors import WorkerLost
from extract.minder import Answer, Limits, Minder
from extract.sandbox import describe

__all__ = ["Answer", "Limits", "Pool", "PoolClosed"]

ORDERS_PER_WORKER = 1000
RESIDENT_BYTES = 200 << 20  # a worker that holds more after an answer is replaced


class PoolClosed(RuntimeError):
    """The pool takes no orders any more, or has given up this one."""


@dataclass(frozen=True, slots=True)
class _Order:
    name: str
    content: bytes | memoryview
    limits: Limits
    args: Mapping[str, Any]
    future: Future[Answer] = field(default_factory=Future)


class Pool:
    """A number of workers, started when first needed; each takes one order at a time.

    From asyncio: `await asyncio.wrap_future(pool.submit(...))`. As a context manager it waits for what was
    submitted; left by an exception it stops at once.
    """

    def __init__(
        self,
        workers: int = 2,
        limits: Limits = Limits(),  # noqa: B008 (frozen)
        *,
        orders_per_worker: int = ORDERS_PER_WORKER,
        resident_bytes: int = RESIDENT_BYTES,
    ) -> None:
        self._limits = limits
        self._minders = [Minder(orders=orders_per_worker, resident_bytes=resident_bytes) for _ in range(workers)]
        self._threads: list[threading.Thread] = []
        self._orders: queue.SimpleQueue[_Order | None] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._unfinished = 0
        self._closed = False
        self._stopping = False

    def submit(
        self, name: str, content: bytes | memoryview = b"", /, limits: Limits | None = None, **args: Any
    ) -> Future[Answer]:
        """Have a worker call `module:function` with the content and JSON-ready keyword arguments.

        `limits` may only be tighter than the pool's own, which are what the operator grants a document.
        The future gives an Answer whatever befalls the document. It raises WorkerLost when no worker can be
        started or the pool was closed over it, LookupError when there is no such function. A view that is handed
        in must stay valid until then. PoolClosed when the pool is closed.
        """
        order = _Order(name, content, limits.within(self._limits) if limits else self._limits, args)
        with self._lock:
            if self._closed:
                raise PoolClosed("the pool is closed")
            self._unfinished += 1
            if len(self._threads) < min(self._unfinished, len(self._minders)):
                self._hire()
            self._orders.put(order)
        return order.future

    def _hire(self) -> None:
        minder = self._minders[len(self._threads)]
        thread = threading.Thread(target=self._attend, args=(minder,), name="reading", daemon=True)
        self._threads.append(thread)
        thread.start()

    def _attend(self, minder: Minder) -> None:
        try:
            while (order := self._orders.get()) is not None:
                self._settle(order, minder)
        finally:
            minder.dismiss()

    def _settle(self, order: _Order, minder: Minder) -> None:
        try:
            if not order.future.set_running_or_notify_cancel():
                return
            answer = minder.ask(order.name, order.args, order.content, order.limits)
            if self._stopping:
                raise WorkerLost("The readers were stopped while a document was being read.")
        except BaseException as error:
            order.future.set_exception(error)
        else:
            order.future.set_result(answer)
        finally:
            with self._lock:
                self._unfinished -= 1

    def close(self, *, wait: bool = False) -> None:
        """End all workers and threads; safe to call twice.

        With `wait`, everything submitted is answered first. Without, waiting orders are cancelled and running
        ones end with WorkerLost.
        """
        with self._lock:
            self._closed = True
            self._stopping = self._stopping or not wait
            if self._stopping:
                self._cancel_waiting()
            for _ in self._threads:
                self._orders.put(None)
        if self._stopping:
            for minder in self._minders:
                minder.interrupt()
        for thread in self._threads:
            thread.join()

    def _cancel_waiting(self) -> None:
        while True:
            try:
                order = self._orders.get_nowait()
            except queue.Empty:
                return
            if order is not None and order.future.cancel():
                order.future.set_running_or_notify_cancel()
                self._unfinished -= 1

    @property
    def sandbox(self) -> str:
        """A sentence on what keeps the workers from network and files, found out by trying it."""
        return describe()[1]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close(wait=kind is None)
