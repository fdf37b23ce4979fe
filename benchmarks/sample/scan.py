"""A PDF turned into what a scanner makes of its print: slightly turned pictures without a text layer."""

import io
import random
import time

import pypdfium2
from PIL import Image, ImageChops

DOTS_PER_INCH = 150
BLACK_BELOW = 150


def scan(content: bytes, *, title: str, day: str, seed: int = 7) -> bytes:
    """A PDF of one black-and-white picture a page of `content`; `day` (YYYY-MM-DD) becomes its date."""
    dice = random.Random(seed)
    document = pypdfium2.PdfDocument(content)
    pages = [_photographed(page.render(scale=DOTS_PER_INCH / 72, grayscale=True).to_pil(), dice) for page in document]
    document.close()
    when = time.strptime(day, "%Y-%m-%d")
    out = io.BytesIO()
    pages[0].save(
        out,
        "PDF",
        save_all=True,
        append_images=pages[1:],
        resolution=DOTS_PER_INCH,
        title=title,
        producer="sourcekeep sample",
        creationDate=when,
        modDate=when,
    )
    return out.getvalue()


def _photographed(page: Image.Image, dice: random.Random) -> Image.Image:
    turned = page.rotate(dice.uniform(-0.7, 0.7), resample=Image.Resampling.BICUBIC, fillcolor=255)
    shifted = ImageChops.offset(turned, dice.randrange(-4, 5), dice.randrange(-4, 5))
    for _ in range(120):
        # Dust: a few dozen single dots keep the picture from being cleaner than paper ever is.
        shifted.putpixel((dice.randrange(shifted.width), dice.randrange(shifted.height)), 0)
    return shifted.point(lambda level: 255 if level >= BLACK_BELOW else 0).convert("1")
