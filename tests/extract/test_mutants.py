"""Sound files with bytes changed, cut and doubled: each is read or refused, and no worker is lost to a hang."""

import random
from pathlib import Path

import pytest

from extract.document import DocumentState
from extract.pool import Limits, Pool
from extract.reading import READ, document_of
from tests.extract.pdfs import line, pages, picture_page

LIMITS = Limits(cpu_s=4, wall_s=6)
HOME_MADE = [
    pages(*(line(f"Ordinary words on page {number}.") for number in range(5)), info=b"/Title(A report)"),
    picture_page(line("A stamp")),
]


def mutant(content: bytes, dice: random.Random) -> bytes:
    """The file after one to eight accidents."""
    body = bytearray(content)
    for _ in range(dice.randint(1, 8)):
        at = dice.randrange(len(body) + 1)
        match dice.randrange(5):
            case 0:
                body[at : at + 1] = dice.randbytes(1)
            case 1:
                del body[at : at + dice.randint(1, 200)]
            case 2:
                body[at:at] = body[at : at + dice.randint(1, 200)]
            case 3:
                body[at:at] = str(dice.choice([-1, 0, 2**31, 10**12])).encode()
            case _:
                del body[max(at, len(body) // 2) :]
        body = body or bytearray(b"%PDF-")
    return bytes(body)


def try_mutants(originals: list[bytes], count: int) -> None:
    dice = random.Random(20260101)
    with Pool(2) as pool:
        files = [mutant(dice.choice(originals), dice) for _ in range(count)]
        what = {"mime": "application/pdf", "url": "", "budget_s": 2.0}
        answers = [pool.submit(READ, content, LIMITS, **what) for content in files]
        for content, future in zip(files, answers, strict=True):
            answer = future.result(600)
            document = document_of(answer, content)
            assert answer.seconds < 8
            assert document.reason or document.state == DocumentState.READ
            assert document.state != DocumentState.READ or document.page_count > 0


def test_three_hundred_mutants_of_home_made_files() -> None:
    try_mutants(HOME_MADE, 300)


@pytest.mark.torture
@pytest.mark.timeout(3600)
def test_ten_thousand_mutants_of_real_files(real_samples: Path) -> None:
    originals = [path.read_bytes() for path in sorted((real_samples / "pdf").glob("*.pdf"))]
    try_mutants([content for content in originals if len(content) < 500_000] + HOME_MADE, 10_000)
