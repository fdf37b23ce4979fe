"""The table of apologies: pages that have nothing, or something else, and say so with a status of success."""

import re
from functools import partial

from archive.seed import Substitute
from extract.addresses import is_error_page
from extract.glance import Glance
from extract.notfound import NOT_FOUND
from extract.sign import BARE, SUCCESS, Sign, phrases

# Where such pages are told: what a crawler must know of them, and titles that archives have learnt to distrust.
_FIELD = "TeamHG-Memex/soft404; harvard-lil/perma#3755; docs.squirrelscan.com/rules/crawl/soft-404 (two signs)"
_PAYWALLED = "developers.google.com/search/docs/appearance/structured-data/paywalled-content"
_TARGET = re.compile(rb"href=[\"']?([^\"'<>\s]{1,500})")
_NOT_FREE = re.compile(rb"isaccessibleforfree[\"']?\s{0,5}[:=]\s{0,5}[\"']?false")
_PASSWORD = re.compile(rb"<input[^<>]{0,500}type=[\"']?password")
_LOGIN_ADDRESS = re.compile(r"/(?:log|sign)[-_]?(?:in|on)\b|/(?:account|auth|sso|anmeld|connexion|wp-login)", re.I)


def _says_it_twice(glance: Glance) -> str:
    """In two ways, mostly number and words: such a page may have more to say of where to look instead."""
    said = {line.part for line in glance.said if NOT_FOUND.fullmatch(line.part)}
    return "and in other words" if len(said) > 1 else ""


def _error_address(glance: Glance) -> str:
    return f"its address {glance.url[-60:]}" if is_error_page(glance.url) else ""


def _error_canonical(glance: Glance) -> str:
    """`rel=canonical` names the site's page for what it does not find."""
    at = glance.opening.find(b"canonical")
    if at < 0:
        return ""
    link = glance.opening[glance.opening.rfind(b"<", 0, at) : glance.opening.find(b">", at)]
    target = _TARGET.search(link)
    named = target[1].decode("utf-8", "replace") if target else ""
    return f"it calls itself {named[-60:]}" if named and is_error_page(named) else ""


def _password_only(glance: Glance) -> str:
    """A password to be typed in, and little else: catalogues with a login box at the top have far more to say."""
    if glance.has_card or glance.says_something or _came_for_login(glance) or glance.prose.all > 800:
        return ""
    return "a password to be typed in, and little else" if _PASSWORD.search(glance.read(64 << 10).lower()) else ""


def _form_to_fill(glance: Glance) -> str:
    if _came_for_login(glance):
        return ""
    return "a form to sign in with" if b"<input" in glance.read(64 << 10).lower() or glance.redirected else ""


def _came_for_login(glance: Glance) -> bool:
    """The address itself is a login's: then that is what was cited."""
    return not glance.redirected and _LOGIN_ADDRESS.search(glance.url) is not None


def _not_free(glance: Glance) -> str:
    return "it says that it is not free to read" if _NOT_FREE.search(glance.opening) else ""


# What error pages, login forms and paywalls call themselves.
_BROKEN_WORDS = phrases(
    r"(?:http )?(?:error )?50[0234](?: error)?(?:[ :-]{0,3}(?:(?:internal )?server error|service unavailable))?",
    r"(?:internal )?server error|bad gateway|gateway time-?out|service (?:temporarily )?unavailable",
    r"(?:application|runtime|database|fatal|unexpected|system) error|error|error establishing a database connection",
    r"(?:an|a server|an unexpected|an internal) error (?:has )?occurr?ed|(?:oops,? )?something went wrong",
    r"(?:this |our |the )?(?:web)?site is (?:temporarily )?(?:unavailable|down|offline)|maintenance mode",
    r"(?:this |our |the )?(?:web)?site (?:is )?(?:currently )?(?:under|down for|in) (?:\w+ )?maintenance",
    r"(?:under|scheduled|site|planned) maintenance|we(?:'ll| will) be (?:right )?back(?: soon| shortly)?",
    r"(?:this )?account (?:has been )?suspended",
    r"interner serverfehler|wartungsarbeiten|wartungsmodus|es ist ein fehler aufgetreten",
    r"erreur (?:interne )?du serveur|site en maintenance|maintenance en cours|une erreur est survenue",
    r"error interno del servidor|(?:sitio )?en mantenimiento|ha ocurrido un error|errore (?:interno )?del server",
    r"erro interno do servidor|em manutenção|ошибка сервера|технические работы",
    r"サーバーエラー|メンテナンス中|服务器错误|系统维护中",
)
_LOGIN_WORDS = phrases(
    r"(?:please )?(?:log|sign)[ -]?(?:in|on)(?: (?:to|with|or|and|required|page).{0,60})?|sign up|single sign-?on",
    r".{0,40}\b(?:login|sign[ -]?in|logon)|(?:login|authentication) required",
    r"(?:bitte )?(?:anmelden|einloggen)|anmeldung|se connecter|connexion|identifiez-vous|authentification",
    r"iniciar sesi[óo]n|inicie sesión|acceso de usuarios|accedi|area riservata|entrar|fazer login|iniciar sessão",
    r"inloggen|aanmelden|logga in|log ind|logg inn|kirjaudu(?: sisään)?|zaloguj się|logowanie",
    r"вход(?: на сайт)?|войти|авторизация|ログイン|サインイン|登录|登入|로그인",
    r"giriş yap|přihlášení|bejelentkezés|autentificare",
)
_PAYWALL_WORDS = phrases(
    r"(?:please )?subscribe (?:to|now to) (?:read|continue|unlock|access|keep).{0,60}|subscription required",
    r"this (?:article|content|story|page) is (?:only )?(?:available )?(?:for|to|reserved for)"
    r" (?:paying |our )?(?:subscribers|members)(?: only)?|subscribers only|subscriber exclusive",
    r"(?:register|log in|sign in) to (?:read|continue reading|keep reading).{0,60}",
    r"nur für abonnenten|jetzt (?:weiterlesen|abonnieren)|(?:article |contenu )?réservée? (?:à nos|aux) abonnés",
    r"(?:contenido )?(?:exclusivo |solo )?para suscriptores|(?:contenuto )?riservato agli abbonati",
    r"(?:conteúdo )?exclusivo para assinantes|alleen voor abonnees",
)
# Forms of content systems: WordPress, Next.js, Nuxt, MediaWiki, Drupal, Google Drive, SharePoint.
_SYSTEMS = (
    b'class="error404', b" error404 ", b'id="__next_error__"', b'"page":"/404"', b'"page":"/_error"', b"statuscode:404",
    b'"statuscode":404', b'class="noarticletext', b'class="page-not-found', b"path-not-found",
    b"the file you have requested does not exist", b"pagenotfounderror.aspx",
)  # fmt: skip

_apology = partial(Sign, source=_FIELD, statuses=SUCCESS)
_soft_404 = partial(_apology, Substitute.SOFT_404, "a page for what is not found")
_login = partial(_apology, Substitute.LOGIN, "a login form", bare=600)
_paywall = partial(_apology, Substitute.PAYWALL, "a paywall")

APOLOGIES: tuple[Sign, ...] = (
    _soft_404(words=NOT_FOUND),
    _soft_404(words=NOT_FOUND, also=_says_it_twice, bare=2 * BARE),
    _soft_404(also=_error_address),
    _soft_404(also=_error_canonical),
    _soft_404(body=_SYSTEMS),
    _apology(Substitute.ERROR_PAGE, "an error page", words=_BROKEN_WORDS),
    _login(words=_LOGIN_WORDS, also=_form_to_fill),
    _login(also=_password_only),
    _paywall(source=_PAYWALLED, also=_not_free, bare=800),
    _paywall(words=_PAYWALL_WORDS),
)
