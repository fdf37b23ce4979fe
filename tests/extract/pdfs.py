"""Small PDFs written by hand: sound ones of one or more pages, and crafted ones that stop readers."""

import io
import re
import zlib
from collections.abc import Iterator

from pypdf import PdfReader, PdfWriter

A4 = b"[0 0 595 842]"
HELVETICA = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>"


def stream(data: bytes, entries: bytes = b"") -> bytes:
    return b"<</Length %d%s>>stream\n%s\nendstream" % (len(data), entries, data)


def pdf(objects: list[bytes], trailer: bytes = b"") -> bytes:
    """A PDF of these objects; the first is the catalogue."""
    out, at = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", []
    for number, body in enumerate(objects, 1):
        at.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in at)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n%s" % (len(at) + 1, table)
    return out + b"trailer<</Size %d/Root 1 0 R%s>>\nstartxref\n%d\n%%%%EOF\n" % (len(at) + 1, trailer, start)


def line(text: str, x: int = 50, y: int = 700, size: int = 12) -> bytes:
    shown = text.encode("cp1252").replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)")
    return b"BT /F %d Tf %d %d Td (%s) Tj ET\n" % (size, x, y, shown)


def pages(*contents: bytes, catalogue: bytes = b"", info: bytes = b"", box: bytes = A4, more: bytes = b"") -> bytes:
    """A PDF with a page for each content stream; `info` is the inside of its information dictionary."""
    count = len(contents)
    first = 5
    kids = b" ".join(b"%d 0 R" % (first + 2 * at) for at in range(count))
    objects = [
        b"<</Type/Catalog/Pages 2 0 R%s>>" % catalogue,
        b"<</Type/Pages/Kids[%s]/Count %d>>" % (kids, count),
        HELVETICA,
        b"<<%s>>" % info,
    ]
    for at, content in enumerate(contents):
        head = b"<</Type/Page/Parent 2 0 R/MediaBox %s/Contents %d 0 R" % (box, first + 2 * at + 1)
        objects += [head + b"/Resources<</Font<</F 3 0 R>>%s>>>>" % more, stream(content)]
    return pdf(objects, b"/Info 4 0 R")


def picture_page(text: bytes = b"") -> bytes:
    """A page that one grey picture fills, as a scanner makes it."""
    image = stream(
        b"\x80" * 100, b"/Type/XObject/Subtype/Image/Width 10/Height 10/ColorSpace/DeviceGray/BitsPerComponent 8"
    )
    content = b"q 595 0 0 842 0 0 cm /I Do Q\n" + text
    return pdf([
        b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R"
        b"/Resources<</XObject<</I 5 0 R>>/Font<</F 6 0 R>>>>>>",
        stream(content), image, HELVETICA,
    ])  # fmt: skip


def _bomb(mebibytes: int, *, twice: bool = False) -> bytes:
    """A stream of blanks: one flushed block of 1 MiB, over and over, for compressing a gigabyte takes seconds."""
    packer = zlib.compressobj(9)
    head = packer.compress(b"") + packer.flush(zlib.Z_FULL_FLUSH)
    block = packer.compress(b" " * (1 << 20)) + packer.flush(zlib.Z_FULL_FLUSH)
    data = head + block * mebibytes + packer.flush()
    if twice:
        return stream(zlib.compress(data, 9), b"/Filter[/FlateDecode/FlateDecode]")
    return stream(data, b"/Filter/FlateDecode")


ORDINARY = line("Ordinary words on a page of a report that is whole.")


def _with_content(body: bytes) -> bytes:
    """A page of ordinary words, then another stream of content, in which something is wrong."""
    return pdf([
        b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents[6 0 R 4 0 R]/Resources<</Font<</F 5 0 R>>>>>>",
        body, HELVETICA, stream(ORDINARY),
    ])  # fmt: skip


def encrypted(content: bytes, user: str, owner: str) -> bytes:
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(content)))
    writer.encrypt(user, owner, algorithm="AES-256")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def crafted() -> Iterator[tuple[str, bytes]]:
    """(name, bytes) of files that were met or made to stop readers; most have ordinary words beside what is wrong."""
    sound = pages(ORDINARY)
    yield "empty", b""
    yield "a web page", b"<!DOCTYPE html><html><body><p>Ordinary words of a page about a report.</p></body></html>"
    yield "header only", b"%PDF-1.7\n"
    yield "random", bytes((at * 7919 >> 3) & 255 for at in range(50_000))
    yield "nul", b"%PDF-1.4\n" + bytes(1 << 20)
    yield "junk before the header", b"x" * 4096 + sound
    yield from _structures(sound)
    yield from _boxes()
    yield from _contents()
    yield from _bombs()
    yield from _metadata()


def _circle(sound: bytes) -> bytes:
    """Two cross-reference tables, each of which says that the other one was before it."""
    first = sound.rindex(b"xref\n0")
    body = sound.replace(b"/Root", b"/Prev 0000000000/Root")
    tail = b"xref\n0 0\ntrailer<</Size 7/Root 1 0 R/Prev %d>>\nstartxref\n%d\n%%%%EOF\n" % (first, len(body))
    return body.replace(b"/Prev 0000000000", b"/Prev %010d" % len(body)) + tail


def _structures(sound: bytes) -> Iterator[tuple[str, bytes]]:
    yield "cut in half", sound[: len(sound) // 2]
    yield "no end", sound[: sound.rindex(b"xref\n")]
    yield "startxref far", sound.replace(b"startxref\n", b"startxref\n9999")
    yield "startxref at itself", sound.replace(b"startxref\n", b"startxref\n%d\n%%" % sound.rindex(b"startxref"))
    yield "previous tables in a circle", _circle(sound)
    yield "no root", sound.replace(b"/Root 1 0 R", b"")
    yield "kids that are nowhere", sound.replace(b"/Kids[5 0 R]", b"/Kids[5 0 R " + b"99 0 R " * 10_000 + b"]")
    yield "a hundred thousand objects", sound.replace(b"xref\n0", b"9 0 obj null endobj\n" * 100_000 + b"xref\n0")
    yield "huge length", sound.replace(b"/Length ", b"/Length 99999999")
    yield "previous table is itself", sound.replace(b"/Root", b"/Prev %d/Root" % sound.rindex(b"xref\n0"))
    yield "huge count", sound.replace(b"/Count 1", b"/Count 1000000000")
    yield "negative count", sound.replace(b"/Count 1", b"/Count -5")
    yield "no kids", sound.replace(b"/Kids[5 0 R]", b"/Kids[]     ")
    yield "page tree on itself", sound.replace(b"/Kids[5 0 R]", b"/Kids[2 0 R]")
    yield "one page many times", sound.replace(b"/Kids[5 0 R]", b"/Kids[" + b"5 0 R " * 50_000 + b"]")
    deep = [b"<</Type/Catalog/Pages 2 0 R>>"]
    deep += [b"<</Type/Pages/Kids[%d 0 R]/Count 1>>" % (at + 3) for at in range(3000)]
    leaf = b"<</Type/Page/MediaBox[0 0 595 842]/Contents %d 0 R/Resources<</Font<</F %d 0 R>>>>>>"
    yield "page tree 3000 deep", pdf([*deep, leaf % (3003, 3004), stream(ORDINARY), HELVETICA])
    wide = [b"<</Type/Catalog/Pages 2 0 R>>"]
    wide += [b"<</Type/Pages/Kids[%d 0 R %d 0 R]/Count 268435456>>" % (at + 3, at + 3) for at in range(28)]
    yield "page tree of 2^28", pdf([*wide, leaf % (31, 32), stream(ORDINARY), HELVETICA])
    yield "negative length", sound.replace(b"/Length ", b"/Length -")
    yield "length is itself", re.sub(rb"/Length \d+", b"/Length 6 0 R", sound)
    yield "nested arrays", _with_content(stream(b"[" * 100_000))
    yield "nested dictionaries", pdf([b"<</Type/Catalog/Pages 2 0 R/X" + b"<</X" * 50_000, b"<<>>"])


def _boxes() -> Iterator[tuple[str, bytes]]:
    for name, box in {
        "zero": b"[0 0 0 0]", "negative": b"[0 0 -10 -10]", "huge": b"[0 0 1e30 1e30]", "short": b"[0 0]",
        "strings": b"[(a)(b)(c)(d)]", "null": b"null", "nan": b"[nan nan nan nan]",
    }.items():  # fmt: skip
        yield f"box {name}", pages(line("Ordinary words on a page with a strange box."), box=box)


def _contents() -> Iterator[tuple[str, bytes]]:
    yield "a million characters", _with_content(stream(b"BT /F 1 Tf 5 5 Td (" + b"word " * 200_000 + b") Tj ET"))
    yield "many operators", _with_content(stream(b"BT /F 9 Tf " + b"1 0 Td (a) Tj " * 100_000 + b"ET"))
    yield "many states", _with_content(stream(b"q " * 500_000))
    yield "many rectangles", _with_content(stream(b"0 0 1 1 re f " * 100_000))
    yield "dark boxes", _with_content(stream(ORDINARY * 200 + b"0 g " + b"40 695 300 20 re f " * 5000))
    letters = b"".join(b"1 0 0 1 %d %d Tm (a) Tj " % (50 + 9 * (at % 50), at // 50) for at in range(5_000))
    yield "a letter at a time", _with_content(stream(b"BT /F 9 Tf " + letters + b"ET"))
    yield "inline image", _with_content(stream(b"BI /W 100000 /H 100000 /BPC 8 /CS /RGB ID " + b"x" * 1000 + b" EI"))
    yield "open hex string", _with_content(stream(b"BT /F 9 Tf <" + b"41" * 200_000))
    yield "dictionaries", _with_content(stream(b"/X <<" * 50_000))
    yield "names", _with_content(stream(b"/" + b"n" * 300_000 + b" /a" * 100_000))
    yield "dots", _with_content(stream(b"." * 500_000))
    yield "open string", _with_content(stream(b"BT /F 9 Tf (" + b"a" * 100_000))
    yield "digits", _with_content(stream(b"9" * 500_000))
    form = stream(b"/X Do /X Do", b"/Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</X 6 0 R>>>>")
    body = pages(ORDINARY + b"/X Do", more=b"/XObject<</X 7 0 R>>")
    yield (
        "form on itself",
        body.replace(b"xref\n0", b"7 0 obj\n" + form.replace(b"/X 6", b"/X 7") + b"\nendobj\nxref\n0"),
    )
    forms = [
        stream(b"/X Do " * 2, b"/Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</X %d 0 R>>>>" % (at + 1))
        for at in range(5, 33)
    ]
    yield "forms of 2^28", pdf([
        b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R"
        b"/Resources<</XObject<</X 5 0 R>>/Font<</F 34 0 R>>>>>>",
        stream(ORDINARY + b"/X Do"), *forms,
        stream(b"0 0 1 1 re f", b"/Type/XObject/Subtype/Form/BBox[0 0 9 9]"), HELVETICA,
    ])  # fmt: skip


def _bombs() -> Iterator[tuple[str, bytes]]:
    yield "flate of 1 GiB", _with_content(_bomb(1024))
    yield "flate twice", _with_content(_bomb(256, twice=True))
    written = zlib.compress(b"BT /F 1 Tf 5 5 Td (" + b"word " * 4_000_000 + b") Tj ET")
    yield "twenty million characters", _with_content(stream(written, b"/Filter/FlateDecode"))
    wide = b"/Filter/FlateDecode/DecodeParms<</Predictor 15/Columns 2147483647>>"
    yield "predictor", _with_content(stream(zlib.compress(b" " * 100_000), wide))
    yield "run length", _with_content(stream(b"\x81 " * 1_000_000, b"/Filter/RunLengthDecode"))
    yield "ascii85", _with_content(stream(b"z" * 2_000_000 + b"~>", b"/Filter/ASCII85Decode"))
    yield "a thousand filters", _with_content(stream(b" " * 100, b"/Filter[%s]" % (b"/FlateDecode" * 1000)))
    system = b"/CIDSystemInfo<</Registry(A)/Ordering(B)/Supplement 0>>"
    cid = b"<</Type/Font/Subtype/CIDFontType2/BaseFont/A%s/W[0 2147483647 500]>>" % system
    composite = b"<</Type/Font/Subtype/Type0/BaseFont/A/Encoding/%s/DescendantFonts[6 0 R]>>"
    yield "widths of 2^31", _font(composite % b"Identity-H", cid)
    yield "map name with a path", _font(composite % b"..#2F..#2F..#2Ftmp#2Fevil", cid)
    ranges = b"1 begincodespacerange <00> <ff> endcodespacerange 1 beginbfrange <00000000> <7fffffff> <0041> endbfrange"
    yield "unicode of 2^31", _font(HELVETICA[:-2] + b"/ToUnicode 6 0 R>>", stream(b"begincmap %s endcmap" % ranges))


def _font(font: bytes, more: bytes) -> bytes:
    return pdf([
        b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents[7 0 R 4 0 R]"
        b"/Resources<</Font<</F 8 0 R/H 5 0 R>>>>>>",
        stream(line("words in a font").replace(b"/F", b"/H")), font, more, stream(ORDINARY), HELVETICA,
    ])  # fmt: skip


def _metadata() -> Iterator[tuple[str, bytes]]:
    page = line("Ordinary words on a page with strange metadata.")
    sound = pages(page)
    yield "information on itself", sound.replace(b"/Info 4 0 R", b"/Info 9 0 R") + b"\n9 0 obj\n9 0 R\nendobj\n"
    yield "title on itself", pages(page, info=b"/Title 4 0 R")
    yield "title of 10 MB", pages(page, info=b"/Title(" + b"t" * 10_000_000 + b")")
    yield (
        "title with nul and half a pair",
        pages(page, info=b"/Title<FEFF00410000D8000042>/Producer[1 2]/CreationDate(D:99991332)"),
    )
    outline = b"/Outlines 4 0 R"
    yield "outline on itself", pages(page, catalogue=outline, info=b"/First 4 0 R/Last 4 0 R/Next 4 0 R/Title(x)")
    note = b"<</Type/Annot/Subtype/Square/Rect[9 9 9]/IC[0]/AP<</N 7 0 R>>/Popup 7 0 R/Parent 7 0 R>> 7 0 R null (x) "
    yield "broken annotations", pages(page, box=A4 + b"/Annots[" + note * 2000 + b"]")
    yield "encrypted by its user", encrypted(sound, "user", "owner")
    yield "encrypted by its owner", encrypted(sound, "", "owner")
    yield "labels on themselves", pages(page, catalogue=b"/PageLabels 4 0 R", info=b"/Kids[4 0 R 4 0 R]")
