"""Signatures of packages (wacz-auth 0.1.0): who made a package vouches for its hash, and whoever has it can check that.

The message is the text of the hash (`sha256:…`), the algorithm ECDSA with SHA-256, as in ReplayWeb.page and authsign.
"""

import base64
import os
import stat
import warnings
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import certifi
from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.utils import CryptographyDeprecationWarning
from cryptography.x509.verification import PolicyBuilder, Store, VerificationError

from archive.errors import ArchiveError, WriteFailed
from archive.fields import sha256_of
from archive.files import sync_folder

KEY_FILE = "signing-key.pem"
VERSION = "0.1.0"
_ALGORITHM = ec.ECDSA(hashes.SHA256())
_CURVE = ec.SECP384R1()  # the one that ReplayWeb.page takes an anonymous key to be of
_HALF = 48  # bytes of r and of s on that curve


def signing_key(folder: Path) -> ec.EllipticCurvePrivateKey:
    """The key of a data folder, made on first use and readable by its owner only.

    ArchiveError when others may read it or it is no such key; WriteFailed when it cannot be made.
    """
    path = folder / KEY_FILE
    try:
        if not path.exists():
            _make_key(path)
        if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            raise ArchiveError(f"{path} can be read by others", advice=f"chmod 600 {path}")
        key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    except OSError as error:
        raise WriteFailed(f"{path} cannot be made or read: {error.strerror}") from error
    except (ValueError, TypeError) as error:
        raise ArchiveError(f"{path} holds no key", advice="Move it away; a new one is made.") from error
    if not isinstance(key, ec.EllipticCurvePrivateKey) or not isinstance(key.curve, ec.SECP384R1):
        raise ArchiveError(f"{path} holds a key of another kind", advice="Move it away; a new one is made.")
    return key


def _make_key(path: Path) -> None:
    """Whole under its name or not at all. Of two made at once the later stays; what the other signed stays sound."""
    content = ec.generate_private_key(_CURVE).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    fresh = path.with_name(f"{path.name}.{os.getpid()}.new")
    fresh.unlink(missing_ok=True)
    try:
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            out.write(content)
            out.flush()
            os.fsync(out.fileno())
        if not path.exists():
            fresh.replace(path)
            sync_folder(path.parent)
    finally:
        fresh.unlink(missing_ok=True)


def signed_data(digest: str, created: datetime, software: str, key: ec.EllipticCurvePrivateKey) -> dict[str, str]:
    """The anonymous `signedData` of a hash: signature and public key in base64 ("Anonymous Signature").

    The signature is r and s beside each other, as WebCrypto and so ArchiveWeb.page and ReplayWeb.page have it; the key
    is a SubjectPublicKeyInfo.
    """
    r, s = decode_dss_signature(key.sign(digest.encode(), _ALGORITHM))
    public = key.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return {
        "hash": digest,
        "created": created.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "software": software,
        "version": VERSION,
        "signature": base64.b64encode(r.to_bytes(_HALF, "big") + s.to_bytes(_HALF, "big")).decode(),
        "publicKey": base64.b64encode(public).decode(),
    }


def signer(signed: Any) -> str:
    """Who the `signedData` of a package names as its signer: a domain, or a key by the SHA-256 of its public half."""
    if isinstance(signed, dict) and isinstance(signed.get("publicKey"), str):
        try:
            return f"key {sha256_of(_bytes(signed, 'publicKey'))}"
        except ValueError:
            return "a key that cannot be read"
    domain = signed.get("domain") if isinstance(signed, dict) else None
    return f"domain {domain}" if isinstance(domain, str) else "somebody who is not named"


def signature_faults(signed: Any, digest: str) -> Iterator[str]:
    """What is wrong with the `signedData` of a package whose datapackage-digest.json states the hash `digest`.

    Anonymous: the signature is of the key it names; whose key that is nobody says. With a domain: the signature is of
    the certificate's key, and that was trusted for the domain when it was made. The time stamp is not checked.
    """
    if not isinstance(signed, dict):
        yield "its signature cannot be read: signedData is no object"
        return
    if signed.get("hash") != digest:
        yield "its signature is of another hash"
    try:
        if "publicKey" in signed:
            key, chain = serialization.load_der_public_key(_bytes(signed, "publicKey")), []
        else:
            chain = x509.load_pem_x509_certificates(_text(signed, "domainCert").encode())
            key = chain[0].public_key()
        if not isinstance(key, ec.EllipticCurvePublicKey):
            raise ValueError("its key is of no elliptic curve")
        key.verify(_as_der(_bytes(signed, "signature"), key), _text(signed, "hash").encode(), _ALGORITHM)
    except InvalidSignature:
        yield "its signature is false: the key it names did not sign this hash"
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        yield f"its signature cannot be read: {error}"
    else:
        if chain:
            yield from _domain_faults(signed, chain)


def _domain_faults(signed: dict[str, Any], chain: list[x509.Certificate]) -> Iterator[str]:
    """Domain and trust at the time of signing (wacz-auth 0.1.0, "Domain-Name Identity", steps 4 and 7)."""
    try:
        domain, created = _text(signed, "domain"), datetime.fromisoformat(_text(signed, "created"))
        moment = created.astimezone(UTC).replace(tzinfo=None) if created.tzinfo else created  # as the policy wants it
        policy = PolicyBuilder().store(Store(_roots())).time(moment)
        policy.build_server_verifier(x509.DNSName(domain)).verify(chain[0], chain[1:])
    except VerificationError:
        yield f"its signature is of a certificate that was not trusted for {domain!r} when it was made"
    except (ValueError, OverflowError) as error:
        yield f"its signature cannot be read: {error}"


@cache
def _roots() -> list[x509.Certificate]:
    """Mozilla's roots; that a later cryptography will not read one of them is no news for whoever verifies."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", CryptographyDeprecationWarning)
        return x509.load_pem_x509_certificates(Path(certifi.where()).read_bytes())


def _text(signed: dict[str, Any], name: str) -> str:
    value = signed.get(name)
    if not isinstance(value, str):
        raise ValueError(f"it has no {name}")
    return value


def _bytes(signed: dict[str, Any], name: str) -> bytes:
    try:
        return base64.b64decode(_text(signed, name), validate=True)
    except ValueError as error:
        raise ValueError(f"its {name} is no base64") from error


def _as_der(signature: bytes, key: ec.EllipticCurvePublicKey) -> bytes:
    """A signature in DER, as it is, or made from r and s beside each other, which WebCrypto writes."""
    half = (key.curve.key_size + 7) // 8
    if len(signature) != 2 * half:
        return signature
    return encode_dss_signature(int.from_bytes(signature[:half], "big"), int.from_bytes(signature[half:], "big"))
