"""How the languages of the web say that a page is not there: their words for page, for "you asked for" and for gone."""

import re
from dataclasses import dataclass

_SORRY = (
    "sorry|we're sorry|oops|ooops|whoops|uh[ -]oh|oh no|hmm+|ups|oups|hoppla|leider|entschuldigung|désolée?|lo sentimos"
    "|vaya|ops|desculpe|spiacenti|helaas|oeps|przepraszamy|извините|упс|ой|抱歉|对不起"
)
_ERROR = (
    "https?|status|code|error|errore|erreur|fehler|erro|fout|fel|feil|fejl|virhe|błąd|chyba|hiba|hata|eroare|ошибка"
    "|помилка|σφάλμα|エラー|错误|錯誤|오류"
)
_NUMBER = rf"(?:(?:{_ERROR})[ :#-]{{0,3}}){{0,2}}404(?:[ :-]{{0,3}}(?:{_ERROR}|page|seite|página|pagina))?"
_BETWEEN = r"[ :.,!()/-]{0,4}"


@dataclass(frozen=True, slots=True)
class Tongue:
    """A language's words, each field alternatives of a pattern: determiners, things, gone, "that you asked for".

    `whole` are sentences that are built in another way.
    """

    the: str
    thing: str
    gone: str
    asked: str = ""
    whole: str = ""

    def pattern(self) -> str:
        """Whatever of these words makes a whole "the page that you asked for is not there"."""
        the = rf"(?:(?:{self.the})\s?){{0,3}}" if self.the else ""
        asked = rf"(?:\s?(?:{self.asked}))?" if self.asked else ""
        built = rf"{the}(?:{self.thing}){asked}\s?(?:{self.gone})"
        return f"{built}|{self.whole}" if self.whole else built


_THE_EN = "the|this|that|your|any|such|requested|web|blog|news"
_THING_EN = (
    "(?:(?:web ?)?page|document|file(?: or directory)?|content|article|url|link|resource|item|record|story|publication"
    "|report|post|product|node|object|address|video|entry)s?"
)
_ASKED_EN = (
    "(?:that )?you(?:'re|'ve)?(?: are| were| have)? (?:looking for|request(?:ed|ing)"
    "|tr(?:ied|ying) to (?:reach|access|view|open))"
)

TONGUES: dict[str, Tongue] = {
    "en": Tongue(
        _THE_EN,
        _THING_EN,
        "(?:(?:could|was|is|has|does|do)(?: ?not|n't)|can't|not|no longer|is no longer|can ?not)(?: be| been)?"
        " (?:found|located|available|exists?|accessible|here|displayed|online|retrieved)"
        "(?: (?:here|right now|anymore|any more|on this (?:site|server|website)))?"
        "|(?:is|has gone|has been|was|may have been|might have been)"
        " (?:removed|deleted|missing|unavailable|gone|withdrawn|taken down)|missing|unavailable",
        _ASKED_EN,
        "(?:we|i) (?:can ?not|can't|could ?not|couldn't|are unable to|were unable to|can't seem to|didn't|did not)"
        f" (?:find|locate) (?:(?:{_THE_EN}) ){{0,3}}(?:{_THING_EN})(?: {_ASKED_EN})?"
        f"|(?:no such|lost|unknown|invalid) (?:{_THING_EN})|invalid (?:identifier|handle|request)"
        "|page (?:removed|deleted)"
        "|not found|nothing (?:was )?found(?: here)?|(?:there(?:'s| is) )?nothing here|(?:dead|broken) link",
    ),
    "de": Tongue(
        "die|diese|der|das|den|von ihnen|angeforderte|gewünschte|gesuchte|aufgerufene",
        "(?:web|internet)?seite|datei|inhalt|dokument|artikel|ressource|url|beitrag",
        "(?:(?:wurde|konnte|kann|ist)(?: leider)? )?nicht(?: mehr)?"
        " (?:gefunden(?: werden)?|vorhanden|verf(?:ü|ue)gbar|auffindbar|erreichbar)"
        "|existiert(?: leider)? nicht(?: mehr)?|fehlt",
        "die sie suchen,?",
        "nicht gefunden|fehlerseite",
    ),
    "fr": Tongue(
        "cette|la|le|l'|votre|ce",
        "page|document|fichier|contenu|article|ressource|url",
        "(?:est |semble )?(?:introuvable|(?:non|pas) trouvée?|inexistante?|indisponible)"
        "|n'existe (?:pas|plus)(?: ou n'existe (?:pas|plus))?"
        "|n'a (?:pas|pu) (?:été|être|pu être) trouvée?|n'est (?:pas|plus) disponible",
        "web|demandée?|recherchée?|que vous (?:cherchez|recherchez|demandez|avez demandée?)",
        "introuvable|non trouvé|impossible de trouver (?:la|cette) page",
    ),
    "es": Tongue(
        "la|el|esta|este",
        "p[áa]gina|archivo|documento|contenido|art[íi]culo|recurso|url",
        "no (?:encontrad[oa]|existe|disponible|se (?:encuentra|encontró|ha encontrado|pudo encontrar)(?: disponible)?"
        "|ha sido encontrad[oa]|fue encontrad[oa]|está disponible|hallad[oa])",
        "web|solicitad[oa]|que (?:busca|buscas|estás buscando|está buscando)",
        "no (?:se )?(?:encontramos|encontró|ha encontrado|encontrad[oa])"
        "(?: (?:la|el) (?:p[áa]gina|archivo|documento|contenido))?",
    ),
    "pt": Tongue(
        "a|o|esta|este",
        "p[áa]gina|ficheiro|arquivo|documento|conte[úu]do|artigo",
        "n[ãa]o (?:(?:foi |pôde ser )?(?:encontrad[oa]|localizad[oa])|existe|(?:está )?dispon[íi]vel)",
        "web|solicitad[oa]|que (?:procura|você procura)",
        "não encontrad[oa]",
    ),
    "it": Tongue(
        "la|il|questa|l'",
        "pagina|file|documento|contenuto|risorsa|articolo",
        "non (?:trovat[ao]|esiste(?: più)?|è stat[ao] trovat[ao]|(?:è )?(?:più )?disponibile)|inesistente",
        "web|richiest[ao]|cercat[ao]|che (?:stai|stavi) cercando",
        "non trovato",
    ),
    "nl": Tongue(
        "de|deze|het|dit|opgevraagde|gevraagde",
        "(?:web)?pagina|bestand|document|artikel|inhoud",
        "(?:(?:is|werd|kan|kon) )?(?:helaas )?niet (?:meer )?(?:gevonden(?: worden)?|worden gevonden|beschikbaar)"
        "|bestaat (?:helaas )?niet(?: meer)?",
        "die u zoekt|die je zoekt",
        "niet gevonden",
    ),
    "pl": Tongue(
        "ta|podana|szukana|żądana",
        "strona|plik|dokument|artykuł",
        "nie (?:została znaleziona|został znaleziony|istnieje)|nieznaleziona",
        "internetowa",
        "nie (?:znaleziono|odnaleziono)(?: (?:strony|pliku|dokumentu))?|brak strony",
    ),
    "ru": Tongue(
        "запрашиваемая|запрошенная|данная|такая|эта|вами",
        "страница|файл|документ|статья|материал|публикация",
        "не (?:найден[аоы]?|существует|обнаружен[аоы]?)|удалена|отсутствует",
        "",
        "(?:такой )?страницы (?:больше )?(?:не существует|нет)|не найдено|ничего не найдено",
    ),
    "uk": Tongue("ця|запитувана", "сторінк[ау]", "не (?:знайдено|знайдена|існує)"),
    "sv": Tongue(
        "", "sidan|dokumentet|filen|artikeln",
        "kunde inte (?:hittas|visas)|hittades inte|finns inte(?: längre)?|kan inte hittas|saknas", "du söker",
    ),
    "da": Tongue(
        "", "siden|side|dokumentet|filen",
        "(?:blev |er )?ikke fundet|findes ikke(?: længere)?|kunne ikke findes", "du leder efter",
    ),
    "no": Tongue(
        "", "siden|side|dokumentet|filen",
        "(?:ble |er )?ikke funnet|finnes ikke(?: lenger)?|kunne ikke finnes", "du leter etter",
        "(?:vi )?fant ikke siden",
    ),
    "fi": Tongue("etsimääsi|hakemaasi", "sivua", "ei (?:löytynyt|löydy|ole(?: olemassa)?)"),
    "cs": Tongue(
        "požadovaná|hledaná", "stránka|strana", "nebyla (?:nalezena|nájdená)|nenalezena|neexistuje|sa nenašla",
    ),
    "hu": Tongue("a|az|keresett|kért", "oldal", "nem (?:található|létezik)"),
    "ro": Tongue("", "pagina", "nu (?:a fost g[ăa]sit[ăa]|exist[ăa])", "c[ăa]utat[ăa]|solicitat[ăa]"),
    "tr": Tongue("aradığınız", "sayfa", "bulunamadı|mevcut değil"),
    "el": Tongue("η", "σελίδα", "δεν (?:βρέθηκε|υπάρχει)", "που ζητήσατε|που αναζητάτε"),
    "ca": Tongue("la", "pàgina", "no (?:trobada|s'ha trobat|existeix)"),
    "ja": Tongue(
        "お探しの|ご指定の|指定された|該当する|この", "ページ|ファイル|記事|コンテンツ",
        "[がは](?:見つかりません(?:でした)?|存在しません|ありません|削除されました)",
    ),
    "zh": Tongue(
        "您要?访问的|您?请求的|您要?查找的|您要找的|您訪問的|该|此", "页面|网页|頁面|網頁|文件|内容|文章",
        "未找到|不存在|没有找到|沒有找到|找不到了?|已(?:被)?(?:删除|刪除)|走丢了", "",
        "找不到(?:该|此|您要的)?(?:页面|网页|頁面|網頁)",
    ),
    "ko": Tongue(
        "요청하신|찾으시는", "페이지[를가]", "찾을 수 없습니다|존재하지 않습니다", "",
        "존재하지 않는 페이지(?:입니다)?",
    ),
    "ar": Tongue("", "الصفحة", "غير موجودة", "المطلوبة", "لم يتم العثور على الصفحة"),
    "he": Tongue("", "ה?(?:דף|עמוד)", "לא נמצא", "המבוקש"),
    "vi": Tongue("", "không tìm thấy", "trang"),
    "id": Tongue("", "halaman", "tidak ditemukan"),
}  # fmt: skip

_WORDS = "|".join(tongue.pattern() for tongue in TONGUES.values())
# "404", "Page not found", "Error 404: page not found" and their like; always the whole of a line.
NOT_FOUND = re.compile(
    rf"(?:{_NUMBER}{_BETWEEN})?(?:(?:{_SORRY})[,，!. -]{{0,3}})?(?:{_WORDS})(?:{_BETWEEN}{_NUMBER})?|{_NUMBER}"
)
