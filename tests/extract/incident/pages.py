"""One invented incident page, written once and printed as text and as Google Sites sends it."""

from html import escape
from urllib.parse import quote

from extract.incident.formats import incidents_of, read_material
from extract.incident.values import Incident

ADDRESS = "https://www.aiaaic.org/aiaaic-repository/ai-algorithmic-and-automation-incidents/northport-tram-scoring"
AUDIT = "https://institute.example/files/tram-audit.pdf?v=2"
STUDY = "https://www.lakeside.example/hrc/fare-scores.pdf"
POLICY = "http://transit.example/policy"
INQUIRY = "http://ombud.example/inquiry.pdf"
BRIEF = "https://watch.example/brief.pdf"
PDF: tuple[str, str | None] = (" (pdf)", None)

# A page is a list of (tag, [(words, target or None)]); None as tag means: glued to the paragraph before.
PAGE: list[tuple[str | None, list[tuple[str, str | None]]]] = [
    ("h1", [("Northport tram fare scoring", None)]),
    ("p", [("Report incident 🔥 | Improve page 💁 | Access database 🔢", None)]),
    ("p", [("Northport Transit scored riders for fare dodging between May 2017 and June 2020.", None)]),
    ("p", [("The scores came from a system named GateWise.", None)]),
    ("h2", [("Documents 📃", None)]),
    ("p", [("Northport Transit Authority (2021). ", None), ("Statement on rider scores", POLICY)]),
    ("h2", [("Transparency and accountability 🙈", None)]),
    ("p", [("Notice to riders. The authority's notices did not say that riders were scored.", None)]),
    ("h2", [("Incidents and issues 🔥", None)]),
    ("p", [("March 2021. Auditors find rider scores unlawful", None)]),
    ("p", [
        ("A ", None), ("report", AUDIT), (" (pdf) published by Coastal College's Beacon Institute for ", None),
        ("Law & Machines researchers found that the 'secret' scores broke the city's code.", None),
    ]),
    (None, [("November 2019. Study says scores miss most dodgers", None)]),
    ("p", [
        ("A University of Lakeside ", None), ("stu", STUDY), ("dy", STUDY), (" (pdf) ordered by Northport ", None),
        ("Transit found that only three of 28 alerts were right. The authority was 'sorry for th[e] tone'.", None),
    ]),
    (None, [("2018. A pupil is fined twice in one day after a false alert.", None)]),
    ("h2", [("Regulation 👩🏼⚖️", None)]),
    ("h2", [("Legal, regulatory ⚖️", None)]),
    ("p", [("City Ombudsman's Office. ", None), ("Inquiry into rider scores", INQUIRY), PDF]),
    ("h2", [("Investigations, assessments, audits 🧐", None)]),
    ("p", [("Beacon Institute for Law and Machines (2021). ", None), ("Keeping Score: An Audit", AUDIT), PDF]),
    ("p", [("Fair Travel Centre, Lakeside University (2019). ", None), ("Fare Scores on Trial", STUDY), PDF]),
    ("h2", [("Research, advocacy 🧮", None)]),
    ("p", [("Rail Watch (2020). ", None), ("What do they know?", BRIEF), PDF]),
    ("h2", [("Page info", None)]),
    ("p", [("Type: System", None)]),
    ("p", [("Published: May 2022", None)]),
    ("p", [("Last updated: January 2024", None)]),
]  # fmt: skip


def as_text() -> str:
    """The page as a copy of its text: a paragraph a line, glued ones on one line, no final newline."""
    text = ""
    for tag, pieces in PAGE:
        text += ("\n" if tag and text else "") + "".join(words for words, _ in pieces)
    return text


def as_html() -> str:
    """The page as Google Sites builds it: sections, generated class names, wrapped links, split spans."""
    body = ""
    for tag, pieces in PAGE:
        inner = "".join(_span(words, target) for words, target in pieces)
        if tag is None:
            body = body.removesuffix("</p>\n") + f"{inner}</p>\n"
        else:
            body += f'<{tag} dir="ltr" class="CDt4Ke zfr3Q">{inner}</{tag}>\n'
    return (
        f'<!DOCTYPE html><html><head><title>AIAAIC - Northport</title><link rel="canonical" href="{ADDRESS}">'
        '<script>var x = "https://not.example/";</script></head><body><nav><a href="/home">Home</a></nav>'
        f'<div role="main"><section id="h.1" class="yaqOZd"><div class="mYVXT">{body}</div></section></div>'
        "</body></html>"
    )


def _span(words: str, target: str | None) -> str:
    if target is None:
        return f"<span>{escape(words)}</span>"
    wrapped = f"https://www.google.com/url?q={quote(target, safe='')}&sa=D&sntz=1&usg=AOvVaw0n"
    return f'<span class="aw5Odc"><a class="XqQF9c" href="{escape(wrapped)}" target="_blank">{escape(words)}</a></span>'


def read_one(text: str | bytes, name: str = "northport-tram-scoring.txt", url: str | None = None) -> Incident:
    """The only incident of a record, through the function that workers call."""
    content = text.encode() if isinstance(text, str) else text
    (incident,) = incidents_of(read_material(content, name=name, url=url))
    return incident
