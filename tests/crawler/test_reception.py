"""Reception: limits hold to the byte, however the answer was cut on its way."""

import asyncio
import random

import pytest

from archive.capture import Fault, Truncation
from crawler.reception import Ending, Reception
from crawler.wire import Limits
from tests.crawler.forms import OWN, real_forms

CONTENTS = {name: form.content for name, form in (OWN | real_forms()).items() if len(form.content) < 5000}
TIGHT = Limits(body_bytes=3, head_bytes=200, head_fields=4, interim=1, kept_unframed_bytes=250)


def receive(pieces: list[bytes], limits: Limits) -> tuple[bytes, Ending]:
    """What is kept (as far as the framing says), and how it ended, when the peer then closes."""
    reception = Reception("GET", limits, deadline=asyncio.get_running_loop().time() + 10)
    for piece in pieces:
        if not reception.over.done():
            reception.receive(memoryview(piece))
    reception.connection_ended(None)
    kept = bytes(reception.spool.take())
    end = reception.framer.end_at
    return kept[: len(kept) if end is None else end], reception.over.result()


@pytest.mark.parametrize("limits", [Limits(), TIGHT], ids=["usual", "tight"])
async def test_an_answer_in_any_pieces_is_kept_and_ends_alike(limits: Limits) -> None:
    for name, content in CONTENTS.items():
        dice = random.Random(name)
        whole = receive([content], limits)
        assert receive([content[at : at + 1] for at in range(len(content))], limits) == whole, name
        for _ in range(10):
            middle = dice.randrange(len(content) + 1)
            assert receive([content[:middle], content[middle:]], limits) == whole, name


async def test_what_is_kept_is_always_how_the_answer_began() -> None:
    for name, content in CONTENTS.items():
        kept, ending = receive([content], TIGHT)
        assert content.startswith(kept), name
        assert (len(kept) == len(content)) or ending.truncated is Truncation.LENGTH or ending == Ending(), name


async def test_a_doubtful_head_says_more_than_how_it_stopped() -> None:
    kept, ending = receive([b"not http at all"], TIGHT)
    assert (kept, ending.fault, ending.truncated) == (b"not", Fault.NOT_HTTP, Truncation.LENGTH)
    assert ending.detail == "the answer does not begin with an HTTP status line; cut after 3 bytes"


async def test_a_reception_given_up_waits_for_nothing() -> None:
    reception = Reception("GET", Limits(idle_s=0.01), deadline=asyncio.get_running_loop().time() + 10)
    reception.give_up()
    await asyncio.sleep(0.02)
    assert reception.over.cancelled()
