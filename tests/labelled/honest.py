"""Documents that look like walls to the hasty: titles, words, scripts, cookies and headers that prove nothing."""

from tests.labelled import URL, Answer, gzipped, scrap, site, words

CLOUDFLARE = {"Server": "cloudflare", "CF-RAY": "8a0000000000aaaa-LHR", "Set-Cookie": "__cf_bm=abc; path=/; HttpOnly"}
DETECTIONS = (
    "<script>(function(){window['__CF$cv$params']={r:'8a00',t:'MTc='};var s=document.createElement('script');"
    "s.src='/cdn-cgi/challenge-platform/scripts/jsd/main.js';document.head.appendChild(s);})();</script>"
)
OLD_DETECTIONS = '<script src="/cdn-cgi/challenge-platform/h/g/scripts/invisible.js"></script>'
RECAPTCHA = '<script src="https://www.google.com/recaptcha/api.js?render=k"></script><div class="g-recaptcha"></div>'
CONTACT = (
    '<form method="post"><label>Name</label><input type="text" name="n"><label>E-mail</label><input type="email" name="e">'
    '<textarea name="m"></textarea>{widget}<button>Send</button></form>'
)
IMPERVA = '<script type="text/javascript" src="/_Incapsula_Resource?SWJIYLWA=71&amp;ns=2&amp;cb=17" async></script>'
HUMAN = "<script>window._pxAppId = 'PXabc';</script><script src='//client.px-cloud.net/PXabc/main.min.js'></script>"
F5 = '<script type="text/javascript" src="/TSPD/08e3?type=11"></script>'
KASADA = '<script src="/149e9513-01fa-4fb0-aad4-566afd725d1b/2d206a39/p.js"></script>'
AWS = '<script src="https://abc.token.awswaf.com/abc/challenge.js" defer></script><script>window.awsWafCookieDomainList=["x"]</script>'
STATEMENT = (
    "<p>The force will use the cameras again from Monday. It says that the system has been tested and that signs will tell people"
    " where it stands.</p><p>Pictures of people who are not on the list are deleted at once. A report on the first year is to follow in"
    " autumn, with the number of alerts and of arrests for each day.</p><p>Questions go to the press office, which is open on weekdays"
    " from nine to five. Members of the public may write to the address below or ask at any police station in the city.</p>"
    "<p>The commissioner for data protection was told before the decision was taken.</p>"
)  # fmt: skip
ABSTRACT = (
    "<p>How borders decide who passes, from the paper stamp to the face that a machine compares. The author followed three families"
    " through four airports and reads the rules that stopped them.</p>"
)  # fmt: skip


def honest(
    name: str, body: bytes, status: int = 200, url: str = URL, redirected: bool = False, **headers: str
) -> Answer:
    named = {key.replace("_", "-"): value for key, value in headers.items()}
    return Answer(name, None, body, status, named, url, redirected)


def article(title: str, size: int = 6000, **how: object) -> bytes:
    return site(title, words(size), **how)  # type: ignore[arg-type]


HONEST = [
    # Titles that walls have too
    honest("an article on borders", article("Access Denied: how borders work | Journal")),
    honest("an article on borders without a card", article("Access Denied | Journal", card=False)),
    honest("an article on borders without a head", scrap("Access Denied", words(4000))),
    honest("the landing page of that article", site("Access Denied | Journal of Borders", ABSTRACT)),
    honest("the landing page at an address of its name", site("Access Denied | Journal", ABSTRACT, card=False),
           url="https://journal.example/articles/access-denied"),
    honest("an article on airports", article("Security checks at airports")),
    honest("an article called security check", article("Security check")),
    honest("a history of the captcha", article("Are you human? A history of the captcha")),
    honest("an essay called are you human", article("Are you human?", card=False)),
    honest("a novel's page", site("Just a Moment | Fiction", ABSTRACT)),
    honest("a film called robot check", article("Robot Check | Film reviews", 2500)),
    honest("a study of blocked requests", article("Request rejected: why asylum offices say no")),
    honest("a report on human verification", article("Human Verification of automated decisions")),
    honest("a paper on unusual traffic", article("Unusual traffic in the strait", 3000)),
    honest("a page of forbidden books", article("Forbidden | Library of banned books", 2600)),
    honest("a play called pardon our interruption", article("Pardon our interruption | Theatre", 2400)),
    honest("a club that restricts access", article("Restricted access areas of the port")),
    honest("a song called one moment please", site("One moment, please | Songs", words(1800), card=False)),
    honest("a report on too many requests", article("Too many requests: what the ombudsman cannot answer", 2000)),
    honest("rate limits explained", article("Rate limit | API manual", 3000)),
    honest("an article whose only heading is a wall's", article("Weekly essay", heading="Access denied")),
    # Pages about walls
    honest("what the outage taught", article("What Cloudflare's outage taught us")),
    honest("how challenges work, with code", site("How browser challenges work", words(2500) + (
        "<pre>&lt;script&gt;window._cf_chl_opt = {}&lt;/script&gt; cf-browser-verification /h/b/orchestrate/</pre>"))),
    honest("a manual of a wall", site("Detecting a challenge | Docs", (
        "<p>Answers carry <code>cf-mitigated: challenge</code> and the page has <code>_cf_chl_opt</code>.</p>") + words(2000), card=False)),
    honest("a question about an incident number", site("What is an Incapsula incident ID? | Questions", (
        "<p>Since Monday I see: Request unsuccessful. Incapsula incident ID: 1-2. What is it, and what can I do about it? I tried two"
        " browsers and a phone, at home and at work, and only the phone gets through. The site's owner does not answer my letters, and"
        " the shop next door has the same trouble with another supplier's pages.</p><p>Has anybody found out who gives these numbers,"
        " how long one stays on such a list, and whether a new address from the provider would help for good?</p>"
        "<p>Answer: the number is that of the company which guards the site. Send it to the owner of the site, who can look it up.</p>"))),
    honest("a question about a support number", article("The requested URL was rejected. Your support ID is", 1700)),
    honest("a product page of a wall", article("Imunify360: protection for servers", 1600)),
    honest("a blog on datadome", site("Why shops buy DataDome", words(3000) + "<p>The slider comes from captcha-delivery.com.</p>")),
    honest("a post on anubis", site("We put Anubis before our forge", words(2600), card=False)),
    honest("a page about google's sorry page", site("Unusual traffic from your network | Help", (
        "<p>You may read: Our systems have detected unusual traffic. This happens when a network sends more than people do.</p>") + words(900))),
    honest("a security advisory", article("Advisory: bypass of the web application firewall", 5000)),
    # Scripts and widgets of walls on pages of their own
    honest("a contact form with a turnstile", site("Contact us", "<p>Write to us.</p>" + CONTACT.format(
        widget='<div class="cf-turnstile" data-sitekey="0x0"></div><script src="https://challenges.cloudflare.com/turnstile/v0/api.js"></script>'))),
    honest("a contact form with a turnstile and no card", site("Contact us", CONTACT.format(
        widget='<div class="cf-turnstile"></div>'), card=False)),
    honest("a bare contact form", scrap("Contact", CONTACT.format(widget='<div class="h-captcha"></div>'))),
    honest("a newsletter's form", site("Newsletter", '<p>Four letters a year.</p><form><input type="email"><div class="h-captcha"></div></form>',
                                       card=False)),
    honest("a complaint form", site("Make a complaint", CONTACT.format(widget=RECAPTCHA), card=False)),
    honest("a long page with a captcha's script", site("Annual report 2019", words(9000) + RECAPTCHA)),
    honest("a long page with a captcha's script in its head", site("Annual report 2019", words(9000), head=RECAPTCHA, card=False)),
    honest("a petition with a captcha", site("Sign the petition", words(1600) + CONTACT.format(widget=RECAPTCHA), card=False)),
    honest("a short statement behind cloudflare", site("Statement", STATEMENT + DETECTIONS, card=False), **CLOUDFLARE),
    honest("a short statement behind cloudflare, of old", site("Statement", STATEMENT + OLD_DETECTIONS, card=False), **CLOUDFLARE),
    honest("a statement behind imperva", site("Statement", STATEMENT, head=IMPERVA, card=False), X_CDN="Imperva", X_Iinfo="1-2-3 NNNN"),
    honest("an app's home behind imperva", scrap("Home", STATEMENT, IMPERVA), Set_Cookie="visid_incap_1=a; path=/"),
    honest("a statement with a human sensor", site("Statement", STATEMENT, head=HUMAN, card=False), Set_Cookie="_pxhd=abc"),
    honest("a statement behind f5", site("Statement", STATEMENT, head=F5, card=False), Set_Cookie="TS01a2b3c4=01"),
    honest("a statement behind kasada", site("Statement", STATEMENT, head=KASADA, card=False), x_kpsdk_ct="0a"),
    honest("a statement with a token script", site("Statement", STATEMENT, head=AWS, card=False)),
    honest("a statement behind datadome", site("Statement", STATEMENT, head='<script src="https://js.datadome.co/tags.js"></script>', card=False),
           X_DataDome="protected", Set_Cookie="datadome=abc"),
    honest("a statement behind akamai", site("Statement", STATEMENT, card=False), Server="AkamaiGHost", Set_Cookie="ak_bmsc=abc",
           Server_Timing="ak_p; desc=\"1\";dur=1"),
    honest("a statement behind sucuri", site("Statement", STATEMENT, card=False), X_Sucuri_ID="14005", Server="Sucuri/Cloudproxy"),
    honest("a statement behind cloudfront", site("Statement", STATEMENT), X_Cache="Miss from cloudfront", Via="1.1 x.cloudfront.net (CloudFront)"),
    honest("a statement behind azure", site("Statement", STATEMENT, card=False), x_azure_ref="0abc"),
    honest("a statement behind ddos-guard", site("Statement", STATEMENT + "<p>Hosted behind DDoS-Guard.</p>", card=False),
           Server="ddos-guard", Set_Cookie="__ddg1_=abc"),
    honest("a statement behind vercel", site("Statement", STATEMENT, card=False), x_vercel_cache="HIT"),
    honest("a statement with a limit's headers", site("Statement", STATEMENT, card=False), X_RateLimit_Remaining="0"),
    honest("a page that sets a cookie and may reload", site("Statement", STATEMENT + (
        "<script>document.cookie='consent=1';function again(){location.reload();}</script>"), card=False)),
    # Forms that have little text of their own
    honest("a table of figures", scrap("Figures", "<table>" + "<tr><td>2019</td><td>42</td><td>8</td></tr>" * 80 + "</table>")),
    honest("a list of reports", site("Reports", "<ul>" + "".join(f'<li><a href="/r/{at}">Report {at}</a></li>' for at in range(60)) + "</ul>",
                                     card=False)),
    honest("a page of one picture", scrap("Poster", '<img src="/poster.png" alt="Poster">')),
    honest("an application that scripts fill", scrap("Dashboard", '<div id="root"></div><script src="/app.js"></script>')),
    honest("a frameset", b'<html><head><title>Archive</title></head><frameset cols="20,80"><frame src="a.html"></frameset></html>'),
    honest("a plain old page", b"<html><body><h1>Minutes of 3 May</h1>Present: three members. Nothing was decided.</body></html>"),
    honest("a coded article", gzipped(article("Access Denied | Journal", card=False)), Content_Encoding="gzip"),
    honest("a PDF", b"%PDF-1.4\n" + b"access denied captcha px-captcha " * 40, Content_Type="application/pdf"),
    honest("a PDF behind junk", b"\r\n\r\n%PDF-1.4\n" + b"x" * 400, Content_Type="application/pdf"),
    honest("a text that names walls", b"Just a moment. Access denied. Captcha. " * 3, Content_Type="text/plain"),
    honest("data that names walls", b'{"title": "Just a moment", "error": null}', Content_Type="application/json"),
    # Refusals and absences that sites explain themselves
    honest("a reasoned 403", site("Members only", words(2400)), 403),
    honest("a reasoned 403 with a limit's headers", site("Members only", words(2400)), 403, X_RateLimit_Remaining="40"),
    honest("a 401 with a form", site("Sign in", words(800)), 401),
    honest("a 404 with a captcha", site("Page not found", CONTACT.format(widget=RECAPTCHA)), 404),
    honest("a 503 of a site that is down", site("Down for maintenance", words(700)), 503),
    honest("a 500 behind cloudflare", scrap("500", "error"), 500, **CLOUDFLARE),
    honest("a 522 of cloudflare's", scrap("example.org | 522: Connection timed out", '<div class="cf-error-details"></div>'), 522, **CLOUDFLARE),
]  # fmt: skip
