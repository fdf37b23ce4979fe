"""Signed packages: ours are checked by others' rules, theirs by ours, and a bad signature is named."""

import base64
import json
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_der_public_key
from hypothesis import given
from hypothesis import strategies as st

from archive.errors import ArchiveError
from archive.fixity import verify_file
from archive.signature import KEY_FILE, signature_faults, signed_data, signing_key
from archive.wacz import write_wacz
from tests.archive.exchanges import NOW

HASH = "sha256:" + "0a" * 32
KEY = ec.generate_private_key(ec.SECP384R1())
Change = Callable[[dict[str, Any]], Any]


def signed_package(folder: Path, change: Change = lambda seal: None) -> Path:
    """An empty package signed with the folder's key; `change` alters its datapackage-digest.json afterwards."""
    made, out = folder / "made.wacz", folder / "out.wacz"
    write_wacz(
        made, title="", description="", records=[], pages=[], created=NOW, software="sourcekeep/test",
        key=signing_key(folder),
    )  # fmt: skip
    with zipfile.ZipFile(made) as old, zipfile.ZipFile(out, "w") as new:
        for entry in old.infolist():
            content = old.read(entry)
            if entry.filename == "datapackage-digest.json":
                seal = json.loads(content)
                change(seal)
                content = json.dumps(seal).encode()
            new.writestr(entry.filename, content)
    return out


def faults_of(path: Path) -> list[str]:
    return [damage.what for damage in verify_file(path).damaged]


def test_a_signed_package_is_sound_and_says_who_made_it_when_with_what(tmp_path: Path) -> None:
    path = signed_package(tmp_path)
    assert faults_of(path) == []
    with zipfile.ZipFile(path) as package:
        seal = json.loads(package.read("datapackage-digest.json"))
    assert set(seal) == {"path", "hash", "signedData"}
    signed = seal["signedData"]
    assert set(signed) == {"hash", "created", "software", "version", "signature", "publicKey"}, "no more, no less"
    assert (signed["hash"], signed["version"], signed["software"]) == (seal["hash"], "0.1.0", "sourcekeep/test")
    assert signed["created"] == "2026-03-04T05:06:07Z"


def test_the_signature_is_one_that_webcrypto_takes(tmp_path: Path) -> None:
    """As ReplayWeb.page imports it: `spki` of P-384, and r and s of 48 bytes each."""
    signed = signed_data(HASH, NOW, "test", KEY)
    public = load_der_public_key(base64.b64decode(signed["publicKey"]))
    assert isinstance(public, ec.EllipticCurvePublicKey)
    assert public.curve.name == "secp384r1"
    assert len(base64.b64decode(signed["signature"])) == 96


def test_openssl_finds_the_signature_right(tmp_path: Path) -> None:
    key, message, signature = tmp_path / "key.pem", tmp_path / "hash", tmp_path / "signature"
    signing_key(tmp_path)
    public = ["openssl", "pkey", "-in", str(tmp_path / KEY_FILE), "-pubout", "-out", str(key)]
    subprocess.run(public, check=True, capture_output=True)
    message.write_text(HASH)
    signature.write_bytes(signing_key(tmp_path).sign(HASH.encode(), ec.ECDSA(hashes.SHA256())))
    check = ["openssl", "dgst", "-sha256", "-verify", str(key), "-signature", str(signature), str(message)]
    assert b"Verified OK" in subprocess.run(check, check=True, capture_output=True).stdout
    told = signed_data(HASH, NOW, "test", signing_key(tmp_path))
    told["signature"] = base64.b64encode(signature.read_bytes()).decode()
    assert list(signature_faults(told, HASH)) == [], "the DER form that openssl writes is taken too"


def other_hash(seal: dict[str, Any]) -> None:
    seal["signedData"]["hash"] = HASH


def other_key(seal: dict[str, Any]) -> None:
    seal["signedData"]["publicKey"] = signed_data(HASH, NOW, "", KEY)["publicKey"]


def no_base64(seal: dict[str, Any]) -> None:
    seal["signedData"]["signature"] = "§"


def no_key(seal: dict[str, Any]) -> None:
    del seal["signedData"]["publicKey"]


def no_object(seal: dict[str, Any]) -> None:
    seal["signedData"] = 7


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (other_hash, "of another hash"), (other_key, "is false"), (no_base64, "signature is no base64"),
        (no_key, "no domainCert"), (no_object, "is no object"),
    ],
)  # fmt: skip
def test_a_bad_signature_is_named(change: Change, named: str, tmp_path: Path) -> None:
    found = faults_of(signed_package(tmp_path, change))
    assert found
    assert any(named in fault for fault in found), found
    assert all("signature" in fault for fault in found)


@given(st.integers(0, 95), st.integers(1, 255))
def test_no_altered_signature_passes(place: int, flip: int) -> None:
    signed = signed_data(HASH, NOW, "", KEY)
    content = bytearray(base64.b64decode(signed["signature"]))
    content[place] ^= flip
    signed["signature"] = base64.b64encode(bytes(content)).decode()
    assert list(signature_faults(signed, HASH))


@given(st.dictionaries(st.sampled_from(["hash", "signature", "publicKey", "domainCert"]), st.text() | st.integers()))
def test_whatever_a_package_says_of_its_signature_is_a_fault_and_no_error(signed: dict[str, Any]) -> None:
    assert list(signature_faults(signed, HASH))


def test_packages_that_a_domain_signed_are_told_apart(real_samples: Path) -> None:
    assert faults_of(real_samples / "warc" / "valid_signed_example_1.wacz") == []
    (found,) = faults_of(real_samples / "warc" / "invalid_signed_example_1.wacz")
    assert "not trusted for 'btrix-sign-test.webrecorder.net'" in found


def test_the_key_is_made_once_and_is_its_owners_alone(tmp_path: Path) -> None:
    first, second = signing_key(tmp_path), signing_key(tmp_path)
    assert first.private_numbers() == second.private_numbers()
    assert (tmp_path / KEY_FILE).stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.iterdir()] == [KEY_FILE]


def test_a_key_that_others_may_read_or_that_is_none_is_refused(tmp_path: Path) -> None:
    signing_key(tmp_path)
    path = tmp_path / KEY_FILE
    path.chmod(0o640)
    with pytest.raises(ArchiveError, match="read by others"):
        signing_key(tmp_path)
    path.chmod(0o600)
    path.write_text("no key")
    with pytest.raises(ArchiveError, match="holds no key"):
        signing_key(tmp_path)
