"""The verdict on a certificate chain: trusted, or the one reason why a browser would not trust it."""

import hashlib
import ipaddress
import warnings
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from pathlib import Path

import certifi
from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.utils import CryptographyDeprecationWarning
from cryptography.x509.oid import ExtendedKeyUsageOID, ExtensionOID
from cryptography.x509.verification import Criticality, ExtensionPolicy, PolicyBuilder, Store, VerificationError

from archive.clock import utc_now

OK = "ok"
REMEMBERED = 4096
VALID_FOR = timedelta(hours=1)
OLD_PROTOCOLS = frozenset({"SSLv3", "TLSv1", "TLSv1.1"})  # RFC 8996 retires them

Subject = x509.DNSName | x509.IPAddress
UNREADABLE = (
    ValueError,
    TypeError,
    x509.InvalidVersion,
    x509.DuplicateExtension,
    x509.UnsupportedGeneralNameType,
    UnsupportedAlgorithm,
)


class Trust:
    """Judges chains against root certificates (certifi's unless told otherwise) and remembers what it found.

    One verdict costs .03 to 1.3 ms, so verdicts are kept for an hour by chain and host.
    """

    def __init__(self, roots: Sequence[x509.Certificate] | None = None, now: Callable[[], datetime] = utc_now) -> None:
        self._roots = list(roots or ())
        self._store: Store | None = None
        self._now = now
        self._known: dict[tuple[str, bytes], tuple[datetime, str]] = {}

    def judge(self, chain: tuple[bytes, ...], host: str, version: str = "") -> str:
        """`ok`, or why not: wrong name, expired, not yet valid, self-signed, unknown root, old protocol, refused.

        `chain` is DER, leaf first; `host` a name or a numeric address; `version` the protocol's name.
        """
        now = self._now()
        key = (host, hashlib.sha256(b"".join(chain)).digest())  # a chain may have 100 KB
        until, verdict = self._known.get(key, (now, ""))
        if not verdict or now >= until:
            verdict = self._examine(chain, host, now)
            if len(self._known) >= REMEMBERED:
                self._known.clear()
            self._known[key] = (now + VALID_FOR, verdict)
        if verdict == OK and version in OLD_PROTOCOLS:
            return f"old protocol {version}"
        return verdict

    def _examine(self, chain: tuple[bytes, ...], host: str, now: datetime) -> str:
        if not chain:
            return "no certificate"
        try:
            with _quiet():
                leaf, *others = [x509.load_der_x509_certificate(der) for der in chain]
                return self._verdict(leaf, others, _subject(host), now)
        except UNREADABLE as error:
            return f"unreadable certificate ({error})"

    def _verdict(self, leaf: x509.Certificate, others: list[x509.Certificate], wanted: Subject, now: datetime) -> str:
        """Tells the reasons apart by asking again with one demand changed."""
        said = self._verify(leaf, others, wanted, now)
        if said is None:
            return OK
        within = leaf.not_valid_before_utc + (leaf.not_valid_after_utc - leaf.not_valid_before_utc) / 2
        for certificate in (leaf, *others):
            if not certificate.not_valid_before_utc <= now <= certificate.not_valid_after_utc:
                late = now > certificate.not_valid_after_utc
                if certificate is leaf or self._verify(leaf, others, wanted, within) is None:
                    return "expired" if late else "not yet valid"
        named = _any_name(leaf)
        if named is not None and self._verify(leaf, others, named, now) is None:
            return "wrong name"
        if leaf.issuer == leaf.subject:
            return "self-signed"
        return said

    def _verify(
        self, leaf: x509.Certificate, others: list[x509.Certificate], wanted: Subject, now: datetime
    ) -> str | None:
        """None when the chain is trusted, else what is wrong with it."""
        builder = PolicyBuilder().store(self._roots_store()).time(now)
        policies = {"ca_policy": ExtensionPolicy.webpki_defaults_ca(), "ee_policy": _leaf_policy()}
        verifier = builder.extension_policies(**policies).build_server_verifier(wanted)
        try:
            verifier.verify(leaf, others)
        except VerificationError as error:
            text = str(error).partition(" (encountered")[0].removeprefix("validation failed: ")
            return "unknown root" if text.startswith("candidates exhausted: all candidates") else f"refused: {text}"
        return None

    def _roots_store(self) -> Store:
        if self._store is None:
            bundle = Path(certifi.where()).read_bytes()
            self._store = Store(self._roots or x509.load_pem_x509_certificates(bundle))
        return self._store


def _leaf_policy() -> ExtensionPolicy:
    """The Web PKI's demands; but names and uses may be marked critical or not, as in every browser."""
    policy = ExtensionPolicy.webpki_defaults_ee()
    policy = policy.require_present(x509.SubjectAlternativeName, Criticality.AGNOSTIC, None)
    return policy.may_be_present(x509.ExtendedKeyUsage, Criticality.AGNOSTIC, _serves)


def _serves(_policy: object, _leaf: object, uses: x509.ExtendedKeyUsage | None) -> None:
    """Refuses a certificate that is for anything but servers."""
    allowed = {ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE}
    if uses is not None and not allowed & set(uses):
        raise ValueError("not a server's certificate")


def _quiet() -> AbstractContextManager[object]:
    """A certificate that a later cryptography will not read is no news for whoever runs the crawl."""
    return warnings.catch_warnings(action="ignore", category=CryptographyDeprecationWarning)


def _subject(host: str) -> Subject:
    """The name or address as the certificate must carry it. ValueError for what can be neither."""
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host.rstrip("."))


def _any_name(leaf: x509.Certificate) -> Subject | None:
    """A name the certificate is good for."""
    try:
        names = leaf.extensions.get_extension_for_oid(ExtensionOID.SUBJECT_ALTERNATIVE_NAME).value
    except x509.ExtensionNotFound:
        return None
    assert isinstance(names, x509.SubjectAlternativeName)
    for name in names.get_values_for_type(x509.DNSName):
        return x509.DNSName(name.replace("*", "any"))
    for address in names.get_values_for_type(x509.IPAddress):
        return x509.IPAddress(address)
    return None
