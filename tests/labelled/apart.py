"""Documents that are near to apologies: about errors, about loss, short, behind a login box, paid for and yet whole."""

from tests.labelled import Answer, gzipped, scrap, site, words
from tests.labelled.honest import ABSTRACT, STATEMENT

LOGIN_BOX = '<form><input name="user"><input type="password" name="pw"><button>Log in</button></form>'
NOT_FREE = '<script type="application/ld+json">{"@type":"NewsArticle","isAccessibleForFree":false}</script>'
HOST = "https://www.example.org"


def apart(name: str, body: bytes, path: str = "/news/4711", redirected: bool = False, **headers: str) -> Answer:
    named = {key.replace("_", "-"): value for key, value in headers.items()}
    return Answer(name, None, body, 200, named, HOST + path, redirected)


def article(title: str, size: int = 4000, **how: object) -> bytes:
    return site(title, words(size), **how)  # type: ignore[arg-type]


APART = [
    # About errors
    apart("what a 404 means", article("What is a 404 error? | Web guide")),
    apart("a guide called 404 not found", article("404 Not Found | Status codes"), "/docs/web/http/status/404"),
    apart("a short guide called 404 not found", site("404 Not Found | Status codes", STATEMENT), "/docs/404-not-found"),
    apart("a guide called page not found", article("Page not found")),
    apart("a guide in German", article("Was bedeutet „Seite nicht gefunden“?", lang="de")),
    apart("an article in German of that title", article("Seite nicht gefunden", lang="de")),
    apart("an article in French of that title", article("Page introuvable | Le Mensuel", lang="fr")),
    apart("an article in Spanish of that title", article("Página no encontrada", lang="es")),
    apart("an article in Russian of that title", article("Страница не найдена", lang="ru")),
    apart("an essay on democracy", article("Error 404: democracy not found")),
    apart("the art of error pages", article("The art of the 404 page", 1800)),
    apart("designing what is not found", site("Designing pages for what is not found", STATEMENT)),
    apart("internal server errors explained", article("500 Internal Server Error | Manual")),
    apart("a manual's page on errors", article("Error | Reference"), "/reference/error"),
    apart("service unavailable, a train notice", site("Service unavailable | Railway", STATEMENT), "/notices/service-unavailable"),
    # About loss
    apart("lost documents", site("Missing documents of the Home Office | News", STATEMENT)),
    apart("documents that were not found", site("Documents not found in police archive", STATEMENT)),
    apart("a page that was removed", site("Why the report was removed", STATEMENT)),
    apart("not found, an exhibition", site("Not found: the missing women of the archive", ABSTRACT)),
    apart("a novel called not found", article("Not Found | Novels", 2500)),
    apart("a play called nothing here", article("Nothing here | Theatre", 2000)),
    apart("a film called dead link", article("Dead Link | Films", 2000, card=False)),
    apart("a case of a missing page", site("The missing page of the inquiry", STATEMENT, card=False)),
    # Numbers
    apart("room 404", site("Room 404", "<p>Two beds, sea view, second floor. Breakfast from seven.</p>"), "/rooms/404"),
    apart("bill 404", site("Bill 404: Cameras in public places", STATEMENT), "/bills/404"),
    apart("highway 404", site("Highway 404 | Roads", STATEMENT), "/roads/404"),
    apart("incident 404", site("Incident 404", ABSTRACT, card=False), "/cite/404"),
    apart("page 404 of minutes", scrap("Minutes, page 404", STATEMENT), "/minutes?page=404"),
    # Short and honest
    apart("a press statement", site("Statement on cameras", STATEMENT, card=False)),
    apart("an abstract", site("A study of cameras", ABSTRACT)),
    apart("one sentence of news", scrap("Notice", "<p>The office is closed on Friday.</p>")),
    apart("a list of results", site("Search results", "<ul><li><a href=/1>A study of cameras</a></li></ul>"), "/search?q=cameras"),
    apart("a search without results", site("Search results", "<p>Nothing matches cameras. Try other words.</p>"), "/search?q=cameras"),
    apart("a front page that a redirect led to", site("Example Institute", "<ul><li><a href=/1>News</a></li></ul>"), "/", True),
    apart("a thank-you", scrap("Thank you", "<h1>Thank you!</h1><p>Your letter has been sent.</p>"), "/thanks"),
    apart("a page that moved on", scrap("Moved", '<p>This page now lives <a href="/new">here</a>.</p>'), "/old"),
    apart("maintenance of roads", site("Scheduled maintenance | Highways", STATEMENT), "/notices/scheduled-maintenance"),
    apart("maintenance at length", article("Under maintenance | Essays on bridges", 2000)),
    # Behind a box, paid for, or with a label that lies
    apart("a forum with a login box", site("Cameras in our street | Forum", LOGIN_BOX + words(2000), card=False)),
    apart("a catalogue with a login box", site("Theses of 2019", LOGIN_BOX + "<ul>" + "".join(
        f'<li><a href="/t/{at}">Thesis {at} on cameras in public places and their operators</a></li>' for at in range(40)) + "</ul>", card=False)),
    apart("a repository's record with a login box", site("A study of cameras | Repository", LOGIN_BOX + ABSTRACT)),
    apart("a guide to signing in", article("Log in | Guide to accounts", 2000), "/guide/accounts"),
    apart("a login that was cited", scrap("Log in", LOGIN_BOX), "/login"),
    apart("a study of sign-ups", article("Sign up: how forms persuade", 3000)),
    apart("a paid article that came whole", site("Cameras bought without tender", words(5000), head=NOT_FREE)),
    apart("a free article that says so", site("Cameras", STATEMENT, head='<script>{"isAccessibleForFree":true}</script>')),
    apart("an essay on paywalls", article("Subscribe to read | Essays on the press", 2500)),
    apart("a page called a PDF that has the text", article("Report"), "/report.pdf", Content_Type="application/pdf"),
    apart("a landing page at a PDF's address", site("Report", STATEMENT), "/report.pdf"),
    apart("a long text called a PDF", ("A report in plain text. " * 200).encode(), "/report.pdf", Content_Type="application/pdf"),
    apart("a document of another program", b"PK\x03\x04" + b"\0" * 400 + b"word/document.xml", "/report.pdf", Content_Type="application/pdf"),
    apart("a coded statement", gzipped(site("Statement", STATEMENT)), Content_Encoding="gzip"),
    apart("a text that is no page", b"404 not found is what the log says.", "/log.txt", Content_Type="text/plain"),
    apart("data with an error in it", b'{"error": "not found"}', "/api/1", Content_Type="application/json"),
    apart("a feed", b"<?xml version='1.0'?><rss><channel><title>Page not found</title></channel></rss>", Content_Type="application/rss+xml"),
]  # fmt: skip
