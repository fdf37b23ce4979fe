"""Pages that have nothing, or something else, and say so with success: soft 404s in many languages, logins, paywalls."""

from archive.seed import Substitute
from tests.labelled import Answer, gzipped, scrap, site, words

SORRY = "<p>The page may have been renamed or removed. Look in the menu, or tell us what you were after.</p>"
PDF_URL = "https://www.example.org/media/2019/study.pdf"
TEASER = "<p>The force bought the cameras without a tender, papers show that this newspaper has seen. Three officers were against it.</p>"


def _answers(label: Substitute, cases: list[tuple[str, bytes, dict[str, object]]]) -> list[Answer]:
    return [Answer(name, label, body, **how) for name, body, how in cases]  # type: ignore[arg-type]


def _coded(title: str, charset: str, told: bool = True) -> tuple[bytes, dict[str, object]]:
    page = site(title, SORRY).decode().replace("utf-8", charset)
    headers = {"Content-Type": f"text/html; charset={charset}" if told else "text/html"}
    return page.encode(charset), {"headers": headers}


SOFT_404S = _answers(Substitute.SOFT_404, [
    # By title, a language each
    ("english", site("Page not found | Example Institute", SORRY), {}),
    ("english with its number", site("404 - Page not found", SORRY + words(1600)), {}),
    ("english, the number alone", site("404 | Example Institute", SORRY), {}),
    ("english, at length", site("Sorry, we couldn't find the page you're looking for", SORRY), {}),
    ("english, no longer there", site("This page is no longer available – Example", SORRY, card=False), {}),
    ("english, a document", site("Document not found", SORRY), {}),
    ("english, an item", site("Item not found | Repository", SORRY, "Invalid identifier"), {}),
    ("english, does not exist", site("The requested page does not exist", SORRY), {}),
    ("german", site("Seite nicht gefunden | Beispielamt", SORRY, lang="de"), {}),
    ("german, at length", site("Die angeforderte Seite wurde leider nicht gefunden", SORRY, lang="de"), {}),
    ("german, with its number", site("Fehler 404: Seite nicht gefunden", SORRY, lang="de"), {}),
    ("french", site("Page introuvable - Institut Exemple", SORRY, lang="fr"), {}),
    ("french, at length", site("La page demandée n&#39;existe pas", SORRY, lang="fr"), {}),
    ("french with its number", site("Erreur 404 | Exemple", SORRY, "Page non trouvée", lang="fr"), {}),
    ("spanish", site("Página no encontrada", SORRY, lang="es"), {}),
    ("spanish, at length", site("La página que busca no existe | Ejemplo", SORRY, lang="es"), {}),
    ("portuguese", site("Página não encontrada – Exemplo", SORRY, lang="pt"), {}),
    ("italian", site("Pagina non trovata | Esempio", SORRY, lang="it"), {}),
    ("dutch", site("Pagina niet gevonden | Voorbeeld", SORRY, lang="nl"), {}),
    ("dutch, at length", site("Sorry, deze pagina bestaat niet meer", SORRY, lang="nl"), {}),
    ("polish", site("Nie znaleziono strony", SORRY, lang="pl"), {}),
    ("russian", site("Страница не найдена | Пример", SORRY, lang="ru"), {}),
    ("russian with its number", site("Ошибка 404", SORRY, "Запрашиваемая страница не существует", lang="ru"), {}),
    ("ukrainian", site("Сторінку не знайдено", SORRY, lang="uk"), {}),
    ("swedish", site("Sidan kunde inte hittas", SORRY, lang="sv"), {}),
    ("danish", site("Siden blev ikke fundet", SORRY, lang="da"), {}),
    ("norwegian", site("Siden finnes ikke | Eksempel", SORRY, lang="no"), {}),
    ("finnish", site("Sivua ei löytynyt", SORRY, lang="fi"), {}),
    ("czech", site("Stránka nenalezena", SORRY, lang="cs"), {}),
    ("hungarian", site("A keresett oldal nem található", SORRY, lang="hu"), {}),
    ("turkish", site("Sayfa bulunamadı", SORRY, lang="tr"), {}),
    ("greek", site("Η σελίδα δεν βρέθηκε", SORRY, lang="el"), {}),
    ("japanese", site("お探しのページは見つかりませんでした", SORRY, lang="ja"), {}),
    ("chinese", site("页面不存在 - 示例", SORRY, lang="zh"), {}),
    ("korean", site("페이지를 찾을 수 없습니다", SORRY, lang="ko"), {}),
    ("arabic", site("الصفحة غير موجودة", SORRY, lang="ar"), {}),
    # In other characters than UTF-8
    ("russian in windows-1251", *_coded("Страница не найдена", "windows-1251")),
    ("japanese in shift_jis, told by the page", *_coded("ページが見つかりません", "shift_jis", told=False)),
    ("spanish in latin-1", *_coded("Página no encontrada", "iso-8859-1")),
    ("chinese in gbk", *_coded("页面未找到", "gbk")),
    ("english in UTF-16", site("Page not found", SORRY).decode().encode("utf-16"), {}),
    # By heading, sentence, form and address
    ("a heading far down", site("Example Institute", SORRY, "Oops! That page can’t be found.", weight=120), {}),
    ("a heading with a tag in it", site("Example Institute", SORRY, "<span>404</span> <b>Not found</b>"), {}),
    ("a heading under a title of two parts", site("Reports | Example Institute", SORRY, "Page not found", weight=3), {}),
    ("one sentence", b"<html><body>File not found.</body></html>", {}),
    ("one sentence of a server's", b"<html><body><h3>Object not found!</h3></body></html>", {}),
    ("no title and a number", b"<html><body><center>404</center></body></html>", {}),
    ("a blog system's class", site("Example Institute | News", SORRY, "Hm", body_class="error404 wp-embed"), {}),
    ("a framework's shell", scrap("Example", '<div>…</div><script id="__NEXT_DATA__">{"props":{},"page":"/404"}</script>'), {}),
    ("a framework's payload", scrap("Example", '<div id="__nuxt"></div><script>window.__NUXT__={error:{statusCode:404}}</script>'), {}),
    ("an empty article of an encyclopedia", site("Police cameras study - Example Wiki", '<div class="noarticletext">None.</div>'), {}),
    ("a file store's apology", scrap("Drive", "<p>Sorry, the file you have requested does not exist.</p>"), {}),
    ("its canonical address", site("Example Institute", SORRY, "Oh dear", head='<link rel="canonical" href="https://www.example.org/404">',
                                   card=False), {}),
    ("sent on to a page of its own", site("Oh dear", SORRY), {"url": "https://www.example.org/page-not-found", "redirected": True}),
    ("asked for by an error's address", site("Example", SORRY), {"url": "https://www.example.org/error/404.html?aspxerrorpath=/r"}),
    ("coded", gzipped(site("Page not found", SORRY)), {"headers": {"Content-Encoding": "gzip"}}),
    ("under a heavy head", site("Page not found", SORRY, weight=400), {}),
    ("a PDF's address", site("Page not found", SORRY), {"url": PDF_URL, "headers": {"Content-Type": "application/pdf"}}),
])  # fmt: skip

KEPT_BACK = _answers(Substitute.LOGIN, [
    ("a login", scrap("Log in", '<form><input name="user"><input type="password"></form>'), {}),
    ("a login page of a site", site("Sign in to your account | Example", '<form><input type="email"></form>', card=False), {}),
    ("a single sign-on", scrap("Single Sign-On", "<form><input><input type='password'></form>"),
     {"url": "https://sso.example.org/idp?return=x", "redirected": True}),
    ("a login in German", site("Anmelden", '<form><input type="password"></form>', lang="de"), {}),
    ("a login in French", site("Connexion | Exemple", '<form><input type="password"></form>', lang="fr"), {}),
    ("a password and no words", scrap("Intranet", '<form><input type="text"><input type="password"><button>OK</button></form>'), {}),
    ("a login at a PDF's address", scrap("Login", '<input type="password">'), {"url": PDF_URL, "headers": {"Content-Type": "application/pdf"}}),
]) + _answers(Substitute.PAYWALL, [
    ("a subscription wanted", site("Subscribe to read | The Example Times", "<p>Choose a plan.</p>"), {}),
    ("the beginning of an article that is not free", site("Cameras bought without tender", TEASER, head=(
        '<script type="application/ld+json">{"@type":"NewsArticle","isAccessibleForFree":false}</script>')), {}),
    ("the same, told as a text", site("Cameras bought without tender", TEASER, head=(
        '<script type="application/ld+json">{"isAccessibleForFree": "False"}</script>')), {}),
    ("for subscribers in French", site("Article réservé aux abonnés", TEASER, lang="fr"), {}),
    ("for subscribers in German", site("Nur für Abonnenten | Beispielblatt", TEASER, lang="de"), {}),
])  # fmt: skip

BROKEN = _answers(Substitute.ERROR_PAGE, [
    ("a server error", scrap("500 Internal Server Error", "<h1>Internal Server Error</h1>"), {}),
    ("a database error", scrap("Database Error", "<h1>Error establishing a database connection</h1>"), {}),
    ("maintenance", scrap("Site under maintenance", "<p>Back at noon.</p>"), {}),
    ("an error of a site", site("An error occurred | Example", "<p>Try again.</p>"), {}),
    ("a runtime error", scrap("Runtime Error", "<h2>Runtime Error</h2>"), {}),
    ("unavailable", scrap("Service Unavailable", "<h2>Service Unavailable</h2>"), {}),
]) + _answers(Substitute.BLANK, [
    ("blanks", b"   \r\n \t ", {}),
    ("a page without text", b"<html><head></head><body></body></html>", {}),
    ("a PDF of blanks", b"\n\n", {"headers": {"Content-Type": "application/pdf"}}),
]) + _answers(Substitute.OTHER_KIND, [
    ("a viewer's shell", b'<!doctype html><html><body><embed src="x.pdf" type="application/pdf"></body></html>',
     {"headers": {"Content-Type": "application/pdf"}}),
    ("a viewer's shell told as a page", scrap("Document", '<iframe src="/viewer.html?file=x.pdf"></iframe>'), {"url": PDF_URL}),
    ("JSON as a PDF", b'{"error": "no such object"}', {"headers": {"Content-Type": "application/pdf"}}),
    ("a line of text as a PDF", b"expired token", {"headers": {"Content-Type": "application/pdf"}}),
    ("a store's XML as a PDF", b"<?xml version='1.0'?><Error><Code>NoSuchKey</Code></Error>", {"headers": {"Content-Type": "application/pdf"}}),
    ("a site's page with hardly a word as a PDF", site("Study", "<p>Loading.</p>"), {"headers": {"Content-Type": "application/pdf"}}),
])  # fmt: skip

APOLOGIES = SOFT_404S + KEPT_BACK + BROKEN
