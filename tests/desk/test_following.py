"""Readings are filed many at a time, and none waits for a slow one."""

import threading
from concurrent.futures import Future
from types import SimpleNamespace
from typing import Any

import pytest

from archive.capture import Origin
from archive.clock import SYSTEM
from desk.following import FILED_AT_ONCE, Filing
from extract.document import Document, DocumentState

READ = Document("text", DocumentState.READ)


def read() -> Future[Document]:
    future: Future[Document] = Future()
    future.set_result(READ)
    return future


@pytest.fixture
def filed(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """The digests of each transaction."""
    filed: list[list[str]] = []

    def file_documents(database: object, documents: list[tuple[str, Document]], **rest: Any) -> None:
        filed.append([digest for digest, _ in documents])

    monkeypatch.setattr("store.intake.file_documents", file_documents)
    return filed


def filing(converting: Any = None) -> Filing:
    place: Any = SimpleNamespace(database=None, seams=SYSTEM)
    return Filing(place, converting)


def a_capture(digest: str) -> Any:
    return SimpleNamespace(payload_digest=digest, origin=Origin("cited"))


def test_what_was_read_is_filed_in_few_transactions(filed: list[list[str]], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("desk.following.FILED_AFTER_S", 60)
    some = filing()
    for number in range(FILED_AT_ONCE + 1):
        some.add(a_capture(str(number)), read())
    some.end()
    assert [len(digests) for digests in filed] == [FILED_AT_ONCE, 1]


def test_a_slow_reading_holds_back_none_that_is_done(filed: list[list[str]]) -> None:
    some, slow = filing(), Future[Document]()
    some.add(a_capture("done"), read())
    waiting = threading.Thread(target=some.add, args=[a_capture("slow"), slow])
    waiting.start()
    while not filed:
        waiting.join(0.01)
    assert filed == [["done"]]
    slow.set_result(READ)
    waiting.join()


def test_documents_are_filed_only_when_their_texts_are_on_disk(filed: list[list[str]]) -> None:
    steps: list[object] = []
    converting = SimpleNamespace(
        keep=lambda capture, document: steps.append(("handed over", capture.payload_digest)),
        settle=lambda: steps.append(("on disk", list(filed))),
    )
    some = filing(converting)
    some.add(a_capture("one"), read())
    some.add(a_capture("two"), read())
    some.end()
    assert steps == [("handed over", "one"), ("handed over", "two"), ("on disk", [])]
    assert filed == [["one", "two"]]
