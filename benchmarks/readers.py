"""One reading of a folder of PDFs, in a process of its own, for `benchmarks.reading` to measure."""

import sys
from pathlib import Path


def with_pool(files: list[Path], out: Path, workers: int) -> None:
    """Our pool: every PDF in a limited worker process."""
    from extract.pool import Pool
    from extract.reading import READ, document_of

    with Pool(workers) as pool:
        asked = [
            (path, pool.submit(READ, path.read_bytes(), mime="application/pdf", url=path.as_uri())) for path in files
        ]
        for path, answer in asked:
            pages = document_of(answer.result()).pages
            (out / f"{path.name}.txt").write_text("\f".join(page.text for page in pages))


def with_pdfplumber(files: list[Path], out: Path) -> None:
    """The way of pdfplumber's manual, each page closed after use."""
    import pdfplumber

    for path in files:
        with pdfplumber.open(path) as document:
            texts = []
            for page in document.pages:
                texts.append(page.extract_text())
                page.close()
        (out / f"{path.name}.txt").write_text("\f".join(texts))


def main(name: str, folder: Path, out: Path) -> None:
    """Reads every PDF of `folder` with the reader of this name."""
    files = sorted(folder.glob("*.pdf"))
    if name == "pdfplumber":
        with_pdfplumber(files, out)
    else:
        with_pool(files, out, int(name.removeprefix("ours-")))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))
