"""The PDFs of the sample web are what their texts and the layout make."""

from pathlib import Path

import pypdfium2
import pytest

from desk.sample import FOLDER

pytest.importorskip("reportlab", reason="reportlab, which typesets the sample documents, is not installed")

from benchmarks.sample.layout import typeset
from benchmarks.sample.markup import SampleText, parse, sample_texts
from benchmarks.sample.pdfs import made

SAMPLES = list(sample_texts())


def pictures(content: bytes | Path) -> list[list[int]]:
    """Each page's size and how dark each of its cells is: nearly the same for every release of the tools."""
    document = pypdfium2.PdfDocument(content)
    shown = [page.render(scale=0.5, grayscale=True).to_pil() for page in document]
    document.close()
    return [[*page.size, *(level // 64 for level in page.resize((24, 34)).tobytes())] for page in shown]


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.file)
def test_the_committed_file_is_what_the_script_makes(sample: SampleText) -> None:
    kept = pictures(FOLDER / "web" / sample.file)
    again = pictures(made(sample))
    assert len(kept) == len(again) == len(sample.pages)
    for one, other in zip(kept, again, strict=True):
        assert sum(a != b for a, b in zip(one, other, strict=True)) < len(one) / 50


def test_making_a_document_twice_gives_the_same_bytes() -> None:
    for sample in (SAMPLES[0], SAMPLES[1]):
        assert made(sample) == made(sample)


def test_a_page_that_does_not_fit_is_said() -> None:
    fields = "file: x.pdf\ntitle: t\nauthor: a\npublisher: p\ndate: 2020-01-01\nlayout: report\ncolour: 000000"
    with pytest.raises(ValueError, match="pages came of 1"):
        typeset(parse(fields + "\n===\n" + "many words " * 2000))
