"""Contact: where the owner of a site finds out who is asking, as each request says, and whether that is anybody yet."""

from archive.errors import UsageError

EXAMPLE = "https://sourcekeep.example/bot"
_ADVICE = (
    'Write a page or mail address of your own there ([crawl] contact = "…" in a file for --config, or'
    " export SOURCEKEEP_CRAWL__CONTACT=…), then run the same command again."
)


def is_own(contact: str) -> bool:
    """False for the example address and for none."""
    return contact.strip() not in ("", EXAMPLE)


def nobody_asks(host: str) -> UsageError:
    """What is told when `host` would have to be asked by nobody in particular."""
    return UsageError(f"setting crawl.contact: {host} is not asked before it can find out who asks", advice=_ADVICE)
