"""Makes the PDFs of the sample web out of their texts: `python -m benchmarks.sample.pdfs [FOLDER]`."""

import sys
from pathlib import Path

from benchmarks.sample.layout import typeset
from benchmarks.sample.markup import SampleText, sample_texts
from benchmarks.sample.scan import scan

WEB = Path(__file__).resolve().parents[2] / "desk" / "sample" / "web"


def made(sample: SampleText) -> bytes:
    """The bytes of the sample's PDF."""
    content = typeset(sample)
    if sample.fields["layout"] == "scan":
        return scan(content, title=sample.fields["title"], day=sample.fields["date"])
    return content


def main(folder: Path = WEB) -> None:
    """Writes every PDF below `folder` and says how large it became."""
    for sample in sample_texts():
        place = folder / sample.file
        place.parent.mkdir(parents=True, exist_ok=True)
        content = made(sample)
        place.write_bytes(content)
        print(f"{len(content):>8,} bytes  {len(sample.pages)} pages  {sample.file}")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
