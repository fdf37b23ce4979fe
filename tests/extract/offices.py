"""Office files made for tests, part by part."""

import io
import zipfile

_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_S = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
_R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_ODF = (
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:'
    'text:1.0" xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"'
)
CORE = (
    '<p:coreProperties xmlns:p="urn:p" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/'
    'terms/"><dc:title>Trial  results</dc:title><dc:creator>Ada Byron; Alan Turing</dc:creator><dcterms:created>2019-'
    "07-03T10:00:00Z</dcterms:created><dcterms:modified>9999-01-01T00:00:00Z</dcterms:modified><dc:language>en-gb"
    "</dc:language></p:coreProperties>"
)


def zipped(parts: dict[str, str | bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, text in parts.items():
            package.writestr(name, text, zipfile.ZIP_STORED if name == "mimetype" else None)
    return out.getvalue()


def relations(**targets: str) -> str:
    """A relationships part: id (also the last word of the type) and target."""
    rows = "".join(f'<Relationship Id="{key}" Type="{_R}/{key}" Target="{to}"/>' for key, to in targets.items())
    return f"<Relationships>{rows}</Relationships>"


def docx(body: str, **more: str | bytes) -> bytes:
    """A DOCX whose main part is not where it usually is, as the web version of Word writes it."""
    parts: dict[str, str | bytes] = {
        "[Content_Types].xml": "<Types/>",
        "_rels/.rels": relations(officeDocument="word/document2.xml"),
        "word/document2.xml": f"<w:document {_W}><w:body>{body}</w:body></w:document>",
        "docProps/core.xml": CORE,
    }
    return zipped(parts | {name.replace("__", "/") + ".xml": text for name, text in more.items()})


def paragraph(text: str, style: str = "") -> str:
    properties = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    return f"<w:p>{properties}<w:r><w:t>{text}</w:t></w:r></w:p>"


def odf(mime: str, body: str, **more: str | bytes) -> bytes:
    content = f"<office:document-content {_ODF}><office:body>{body}</office:body></office:document-content>"
    parts: dict[str, str | bytes] = {"mimetype": f"application/vnd.oasis.opendocument.{mime}", "content.xml": content}
    return zipped(parts | {name.replace("__", "/") + ".xml": text for name, text in more.items()})


def xlsx(sheets: dict[str, str], shared: str = "", styles: str = "", workbook: str = "") -> bytes:
    """An XLSX: the rows of each sheet, the shared strings, the styles, and what stands first in the workbook."""
    listed = "".join(f'<sheet name="{name}" r:id="s{at}"/>' for at, name in enumerate(sheets))
    targets = {f"s{at}": f"/xl/worksheets/sheet{at}.xml" for at in range(len(sheets))}
    parts: dict[str, str | bytes] = {
        "_rels/.rels": relations(officeDocument="xl/workbook.xml"),
        "xl/workbook.xml": f'<workbook {_S} xmlns:r="{_R}">{workbook}<sheets>{listed}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": relations(**targets),
        "xl/sharedStrings.xml": f"<sst {_S}>{shared}</sst>",
        "xl/styles.xml": f"<styleSheet {_S}>{styles}</styleSheet>",
    }
    for at, rows in enumerate(sheets.values()):
        parts[f"xl/worksheets/sheet{at}.xml"] = f"<worksheet {_S}><sheetData>{rows}</sheetData></worksheet>"
    return zipped(parts)
