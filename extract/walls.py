"""The table of walls: how answers look that keep robots out, vendor by vendor, each row with its source.

The rows were made from the vendors' documentation and from what public detectors look for, in words and code of our
own. Two lessons of others are in them. A mark is no proof on a page that has text: sites carry the scripts of their
walls on every page (webrecorder/browsertrix-crawler#1135). A status is no proof on a page that gives its reasons (#1124
there). So on an answer of success the page must be bare, and what any page may say must come with a page that says
nothing else.
"""

import re
from functools import partial

from archive.seed import Substitute
from extract.glance import Glance
from extract.sign import BARE, REFUSALS, Sign, phrases

# Where the rows are told. The repositories were read at their newest public state.
_CLOUDFLARE = "developers.cloudflare.com/cloudflare-challenges/challenge-types/challenge-pages/detect-response"
_CLOUDFLARE_BLOCK = "developers.cloudflare.com/rules/custom-errors/reference/error-page-types; …/1xxx-errors"
_AWS = "docs.aws.amazon.com/waf/latest/developerguide/waf-captcha-and-challenge-actions.html"
_AZURE = "learn.microsoft.com/azure/web-application-firewall/afds/waf-front-door-configure-custom-response-code"
_FASTLY = "fastly.com/documentation/guides/security/client-challenges; os-ai-map#333 (200, “Client Challenge”)"
_ANUBIS = "TecharoHQ/anubis: web/index.templ, docs/docs/admin/configuration/custom-status-codes.mdx (200 by default)"
_GOOGLE = "support.google.com/websearch/answer/86640"
_RADWARE = "shieldsquare.atlassian.net: Radware Bot Manager Block Page Implementation guide"
_AKAMAI = "docs.hypersolutions.co/akamai-web/handling-428-status-code-sec-cpt"
_DATADOME = "glama.ai/mcp/servers/capskip: block page with a slider or device check of geo.captcha-delivery.com"
_GITHUB = "docs.github.com/rest/overview/rate-limits-for-the-rest-api (403 or 429)"
_WAFW00F = "EnableSecurity/wafw00f: wafw00f/plugins/"
_RULES = "webrecorder/browsertrix-crawler: src/util/ratelimitrules.ts"
_CRAWL4AI = "unclecode/crawl4ai: crawl4ai/antibot_detector.py"
_CENSUS = "census of 12,627 news sites, 2025-06: 403, 405, 406 and 429 are no dead sites"

_wall = partial(Sign, Substitute.WALL)
_REFUSED = frozenset({403, 406})
_NOT_DOWN = REFUSALS - {503}  # a 503 without more is a site that is down
SHORT = 1024  # bytes: a refusal shorter than this explains nothing to a reader
_WIDGET = (b"g-recaptcha", b"h-captcha", b"cf-turnstile", b"geetest", b"friendly-captcha", b"altcha-widget")
_ENTRY = re.compile(rb"<textarea|type=[\"']?(?:text|email|tel|search|password)\b")


def _is_mute(glance: Glance) -> str:
    """For marks that vendors put into every page of a site, and for sentences that others quote."""
    return "" if glance.prose.all > 300 else "hardly a word beside it"


def _is_terse(glance: Glance) -> str:
    """For what any page may be titled: it says next to nothing and does not describe itself to others."""
    return "" if glance.has_card or glance.prose.all > SHORT else "nothing else on the page"


def _asks_only(glance: Glance) -> str:
    """A captcha, and neither a form to fill in nor words around it: no contact page has so little."""
    return "" if glance.prose.all > 400 or glance.has_card or _ENTRY.search(glance.opening) else "only a captcha"


def _gives_no_reasons(glance: Glance) -> str:
    return "" if glance.prose.running >= 300 or not glance.is_page else "hardly a word on it"


def _is_used_up(glance: Glance) -> str:
    return "none left" if glance.header(b"x-ratelimit-remaining") == "0" else ""


def _reloads(glance: Glance) -> str:
    """A script that sets a cookie and loads the page again, with nothing to read."""
    again = (b"location.reload", b"location.href", b"location.replace", b"window.location")
    reloads = any(mark in glance.opening for mark in again)
    return "it only sets a cookie and loads again" if reloads and glance.prose.all < 200 else ""


# What walls say of themselves, whoever put them up
_YOU = r"(?:you are|you're|you) (?:a )?(?:human|not a robot|not a bot)"
_DENIED = phrases(
    r"(?:error )?(?:403 ?)?(?:access )?(?:is |has been )?(?:denied|forbidden|blocked)|(?:http )?(?:error )?403",
    r"(?:your |the |this )?(?:access|request|ip(?: address)?|connection)(?: to this (?:site|page|website|resource))?"
    r" (?:is|was|has been) (?:denied|blocked|rejected|forbidden|restricted|limited)",
    r"(?:sorry, )?you have been blocked|restricted access|request (?:rejected|blocked|denied|forbidden)",
    r"accès (?:refusé|interdit)|zugriff (?:verweigert|verboten|gesperrt)|acceso (?:denegado|prohibido)",
    r"accesso (?:negato|vietato)|acesso negado|toegang geweigerd|доступ (?:запрещ[её]н|ограничен)",
    r"åtkomst nekad|adgang nægtet|odmowa dostępu|アクセス(?:が)?(?:拒否|禁止)(?:されました)?|访问被拒绝|禁止访问",
)
_CHALLENGED = phrases(
    rf"(?:please )?(?:are |verify (?:that )?|confirm (?:that )?|verifying (?:that )?|prove )?{_YOU}",
    r"(?:security|robot|bot|human|browser|captcha) (?:check|verification|challenge|validation)(?: required)?",
    r"captcha(?: (?:required|page))?|unusual (?:traffic|activity)(?: detected)?|just a moment|one moment(?:,? please)?",
    r"please wait(?: while .{1,60})?|checking your browser(?: before .{1,60})?|you are being redirected",
    r"(?:please )?enable (?:javascript|cookies|js)(?: and (?:javascript|cookies))?(?: to (?:continue|proceed))?",
    r"(?:your )?browser (?:is )?not supported|unsupported browser|(?:ddos|bot) protection(?: by .{1,40})?",
    r"einen moment(?:,? bitte)?|un (?:instant|momento)(?:,? (?:s'il vous plaît|por favor|per favore))?",
    r"um momento(?:,? por favor)?|een moment(?: geduld)?|один момент|проверка (?:браузера|безопасности)|请稍候",
    r"しばらくお待ちください|sicherheits(?:überprüfung|prüfung|check)|vérification de sécurité",
)
_TOO_MANY = phrases(
    r"(?:http )?(?:error )?429(?: error)?|(?:429 )?too many requests|slow down|whoa there(?:, pardner)?",
    r"(?:secondary )?rate limit(?:ed| exceeded| reached)?|you have exceeded (?:a|the) (?:secondary )?rate limit",
)
_AWS_MARKS = (b"awswafcookiedomainlist", b'id="challenge-container"', b"token.awswaf.com")

WALLS: tuple[Sign, ...] = (
    # Headers that only a wall sends, whatever the status and the page
    _wall("a Cloudflare challenge", _CLOUDFLARE, header=(b"cf-mitigated", "challenge"), bare=None),
    _wall("an AWS WAF challenge", _AWS, header=(b"x-amzn-waf-action", "challenge"), bare=None),
    _wall("an AWS WAF captcha", _AWS, header=(b"x-amzn-waf-action", "captcha"), bare=None),
    _wall("a Vercel challenge", "vercel.com/docs/vercel-firewall", header=(b"x-vercel-mitigated", ""), bare=None),
    _wall("a Sucuri block", f"{_WAFW00F}sucuri.py", header=(b"x-sucuri-block", ""), bare=None),
    _wall("an AWS WAF block", f"{_WAFW00F}awswaf.py", header=(b"x-blocked-by-waf", ""), bare=None),
    _wall("a filter's block", "the field's link checkers", header=(b"rimon", "rwc_block"), bare=None),
    # Headers that say who refused; sites behind the same vendor send them with their pages too
    _wall("a DataDome refusal", _DATADOME, REFUSALS, header=(b"x-dd-b", "")),
    _wall("a Kasada refusal", "TheWebScrapingClub: Pages/Antibot/Kasada.md", REFUSALS, header=(b"x-kpsdk-ct", "")),
    _wall("an Akamai refusal", f"{_WAFW00F}kona.py", _NOT_DOWN, header=(b"server", "akamaighost")),
    _wall("a CloudFront refusal", f"{_WAFW00F}cloudfront.py", _NOT_DOWN, header=(b"x-cache", "error from cloudfront")),
    _wall("a load balancer's short refusal", f"{_WAFW00F}awswaf.py", REFUSALS, header=(b"server", "awselb"),
          short=SHORT),
    _wall("an Azure WAF block", _AZURE, REFUSALS, header=(b"x-azure-ref", ""), body=(b"the request is blocked",)),
    _wall("a rate limit", _GITHUB, frozenset({403}), header=(b"x-ratelimit-remaining", "0"), also=_is_used_up),
    # Marks in the page that only a wall has
    _wall("a Cloudflare challenge", _CLOUDFLARE, body=(
        b"_cf_chl_opt", b"/h/b/orchestrate/", b"/h/g/orchestrate/", b"cf-browser-verification", b"cf-challenge-running",
        b"id=\"challenge-error-text\"")),
    _wall("a Cloudflare block", _CLOUDFLARE_BLOCK, _NOT_DOWN, body=(
        b"cf-error-details", b"cf-error-code", b"error code: 10", b"cloudflare ray id", b"cf-captcha-")),
    _wall("an AWS WAF challenge", _AWS, frozenset({202}), body=_AWS_MARKS, bare=None),
    _wall("an AWS WAF challenge", _RULES, body=(b"gokuprops", b"aws-waf-captcha", b"aws-waf-interstitial")),
    _wall("a CloudFront refusal", _RULES, _NOT_DOWN, body=(b"generated by cloudfront (cloudfront)",)),
    _wall("an Akamai challenge", _AKAMAI, body=(
        b"sec-if-cpt-container", b"/_sec/cp_challenge", b"sec-cp-challenge", b"?bm-verify="), bare=2 * BARE),
    _wall("an Akamai refusal", f"{_RULES}; {_CRAWL4AI}", _NOT_DOWN, body=(
        b"you don't have permission to access", b"errors.edgesuite.net", b"reference&#32;&#35;")),
    _wall("an Imperva captcha", _CRAWL4AI, body=(b"distilcaptchaform", b"distil_r_captcha")),
    _wall("a DataDome captcha", f"{_DATADOME}; {_CRAWL4AI}", body=(b"captcha-delivery.com", b"datadome-captcha")),
    _wall("a HUMAN (PerimeterX) captcha", f"{_WAFW00F}perimeterx.py; {_CRAWL4AI}", body=(
        b"px-captcha", b"captcha.px-cdn.net", b"perimeterx.com/whywasiblocked", b"perimeterx.net/whywasiblocked")),
    _wall("a Sucuri challenge", f"{_WAFW00F}sucuri.py", body=(
        b"sucuri_cloudproxy", b"sucuri.net/privacy-policy", b"cloudproxy@sucuri.net")),
    _wall("an Anubis challenge", f"{_ANUBIS}; {_WAFW00F}anubis.py", body=(
        b"id=\"anubis_challenge\"", b"id=\"anubis_version\"", b"/.within.website/x/cmd/anubis/"), bare=2 * BARE),
    _wall("a Fastly challenge", _FASTLY, body=(b"/_fs-ch-",)),
    _wall("a Vercel challenge", f"{_WAFW00F}vercel.py", body=(b"/.well-known/vercel/security/", b"/vercel/security/")),
    _wall("an Imunify360 challenge", f"{_WAFW00F}imunify360.py", body=(b"wsidchk", b"protected by imunify360")),
    _wall("a SiteGround captcha", f"{_WAFW00F}siteground.py", body=(
        b"/.well-known/captcha/", b"/.well-known/sgcaptcha/")),
    _wall("a BitNinja challenge", f"{_WAFW00F}bitninja.py", body=(b"security check by bitninja",)),
    _wall("an Azure WAF challenge", _AZURE, body=(b"/.azwaf/",)),
    _wall("an Alibaba Cloud block", f"{_WAFW00F}aliyundun.py", body=(
        b"errors.aliyun.com", b"acw_sc__v2", b"aliyun_waf")),
    _wall("Amazon's robot check", _CRAWL4AI, body=(b"/errors/validatecaptcha",)),
    _wall("a cookie challenge", "kyprizel/testcookie-nginx-module", body=(b"slowaes.decrypt",)),
    # Marks that pages of such sites have too, or sentences that others quote: the page must be all but mute
    _wall("an Imperva challenge", f"mampfes/hacs_waste_collection_schedule#7357 (200); {_RULES}", body=(
        b"/_incapsula_resource", b"incapsula incident id", b"powered by incapsula", b"powered by imperva"),
          also=_is_mute),
    _wall("an AWS WAF challenge", _AWS, body=_AWS_MARKS, also=_is_mute),
    _wall("a HUMAN (PerimeterX) refusal", _CRAWL4AI, body=(b"_pxappid",), also=_is_mute),
    _wall("a Kasada challenge", _CRAWL4AI, body=(b"kpsdk", b"/149e9513-01fa-4fb0-aad4-566afd725d1b/"), also=_is_mute),
    _wall("an F5 block", f"{_WAFW00F}f5bigipasm.py; stamparm/identYwaf: data.json", body=(
        b"the requested url was rejected", b"your support id is", b"tspd_101", b"/tspd/", b"_imp_apg_"), also=_is_mute),
    _wall("a Radware captcha", _RADWARE, body=(
        b"perfdrive.com", b"shieldsquare", b"stormcaster", b"cloudwebsec.radware.com"), also=_is_mute),
    _wall("a DDoS-Guard challenge", f"{_WAFW00F}ddosguard.py", cookie=b"__ddg", body=(b"ddos-guard",), also=_is_mute),
    _wall("a DDoS-Guard challenge", f"{_WAFW00F}ddosguard.py", body=(
        b"check.ddos-guard.net", b"/.well-known/ddos-guard/", b"id=\"link-ddg\""), also=_is_mute),
    _wall("a StackPath block", f"{_WAFW00F}stackpath.py", body=(
        b"security service for protection against online attacks", b"/sbbi/?sbbpg"), also=_is_mute),
    _wall("a Qrator challenge", f"{_WAFW00F}qrator.py", body=(b"/__qrator/",), also=_is_mute),
    _wall("a Reblaze challenge", f"{_WAFW00F}reblaze.py", body=(b"window.rbzns", b"rbzid"), also=_is_mute),
    _wall("a step to a challenge", _CRAWL4AI, body=(
        b"\"/blocked?", b"url=/challenge", b"url=/captcha", b"url=/blocked", b"url='/captcha"), also=_is_mute),
    _wall("Google's page about unusual traffic", _GOOGLE, body=(
        b"our systems have detected unusual traffic", b"id=\"captcha-form\""), also=_is_terse),
    # Marks on refusals
    _wall("a Wordfence block", f"{_WAFW00F}wordfence.py", REFUSALS, body=(
        b"generated by wordfence", b"your access to this site has been limited")),
    _wall("an Azure gateway's block", f"{_WAFW00F}applicationgateway.py", REFUSALS, body=(
        b"microsoft-azure-application-gateway",)),
    _wall("a firewall's block", f"{_RULES}; {_WAFW00F}", _NOT_DOWN, body=(
        b"generated by mod_security", b"modsecurity", b"fortiweb", b"fgd_icon", b"barracuda networks", b"appfw_",
        b"citrix web app firewall", b"web page blocked", b"sitelock incident id", b"godaddy website firewall",
        b"blocked by network security", b"safeline", b"waf.tencent", b"hwwafsesid")),
    # What pages say of themselves
    _wall("a Cloudflare block", _CLOUDFLARE_BLOCK, words=phrases(
        r"attention required", r".{1,80} used cloudflare to restrict access", r"you are being rate limited")),
    _wall("a Fastly challenge", _FASTLY, words=phrases(r"client challenge"), bare=2 * BARE),
    _wall("a Vercel challenge", f"{_WAFW00F}vercel.py", words=phrases(r"vercel security checkpoint")),
    _wall("a Radware captcha", _RULES, words=phrases(
        r"radware (?:bot manager )?captcha(?: page)?", r"unauthorized request blocked"), bare=2 * BARE),
    _wall("a Sucuri block", f"{_WAFW00F}sucuri.py", words=phrases(r"sucuri website firewall")),
    _wall("a HUMAN (PerimeterX) refusal", _CRAWL4AI, words=phrases(
        r"access to this page has been (?:denied|blocked)")),
    _wall("an Imperva challenge", _CRAWL4AI, words=phrases(r"pardon our interruption")),
    _wall("a DDoS-Guard challenge", f"{_WAFW00F}ddosguard.py", words=phrases(r"ddos-guard")),
    _wall("an Anubis challenge", _ANUBIS, words=phrases(r"making sure you're not a bot"), bare=2 * BARE),
    _wall("a CloudFront refusal", _RULES, _NOT_DOWN, words=phrases(r"error: the request could not be satisfied")),
    _wall("a Wordfence block", _RULES, words=phrases(
        r"your access to this site has been limited by the site owner")),
    _wall("a rate limit", _GITHUB, words=_TOO_MANY, also=_is_terse),
    _wall("a refusal", _RULES, words=_DENIED, also=_is_terse),
    _wall("a challenge", _CRAWL4AI, words=_CHALLENGED, also=_is_terse),
    _wall("a captcha", _CRAWL4AI, body=_WIDGET, also=_asks_only),
    _wall("a challenge", _CRAWL4AI, body=(b"document.cookie",), also=_reloads),
    # What the status says by itself
    _wall("status 429, which only says that robots are unwelcome", "RFC 6585 §4", frozenset({429})),
    _wall("status 999, which only says that robots are unwelcome", _CENSUS, frozenset({999})),
    _wall("a refusal with no reasoned page", _CENSUS, _REFUSED, short=SHORT),
    _wall("a refusal with no reasoned page", _CENSUS, _REFUSED, also=_gives_no_reasons),
)  # fmt: skip
