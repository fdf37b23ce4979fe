"""What `import` does with archive files: nothing when refused, all that is sound when not, the same once only."""

import base64
import gzip
import hashlib
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from archive.capture import Origin
from archive.errors import SourcekeepError
from archive.packages import PackageRefused
from archive.signature import signing_key
from archive.wacz import write_wacz
from archive.writer import ArchiveWriter
from desk.config import Config, load
from desk.incoming import import_files
from desk.looking import captures, timemap
from desk.place import catalogue
from desk.rebuilding import rebuild
from desk.verifying import verify_folder
from store import dossier, schedule
from tests.archive.exchanges import AGENT, NOW, answer, exchange, keep_all, only_file
from tests.archive.hostile_packages import hostile, keep
from tests.archive.others import info, kept, request, response, zipped

PICTURE = answer(body=b"picture", Content_Type="image/png")  # nobody reads it, so no reading process starts
COUNTS = ("captures_added", "captures_known", "records_damaged")


@pytest.fixture
def config(tmp_path: Path) -> Config:
    return load({"data": tmp_path / "data"}, None)


def counts(said: dict[str, Any]) -> tuple[int, ...]:
    return tuple(said[name] for name in COUNTS)


def opening_of(config: Config) -> str:
    """The record that opens the file of imported records."""
    starts = [gzip.decompress(path.read_bytes())[:3_000].decode("latin-1") for path in (config.data / "warc").iterdir()]
    (found,) = [start.split("\r\n\r\n\r\n")[0] + "\r\n" for start in starts if "importedFrom: " in start]
    return found


def assert_sound(config: Config) -> None:
    verified = verify_folder(config)
    found = [verified[fault] for fault in ("damaged", "missing", "unlisted")]
    assert [*found, verified["custody"]["faults"]] == [[], [], [], []]


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """Five captures and a revisit, in a package signed by its maker."""
    theirs = tmp_path / "theirs"
    found = keep_all(theirs, [exchange(PICTURE, f"https://a.example/{n}") for n in range(5)])
    places = [(only_file(theirs), one.offset, one.length) for one in found]
    write_wacz(
        tmp_path / "theirs.wacz", title="", description="", records=places, pages=[], created=NOW, software="theirs",
        key=signing_key(theirs),
    )  # fmt: skip
    return tmp_path / "theirs.wacz"


def test_a_package_comes_in_once_and_its_signer_is_told(config: Config, package: Path) -> None:
    said = import_files(config, [package])
    assert counts(said) == (5, 0, 0)
    assert said["warnings"] == []
    (told,) = said["archives"]
    assert told["signed_by"].startswith("key sha256:")
    files = sorted((config.data / "warc").iterdir())
    assert f"importedSignature: {told['signed_by']}\r\n" in opening_of(config)
    assert f"importedDigest: sha256:{told['sha256']}\r\n" in opening_of(config)
    assert_sound(config)
    assert counts(import_files(config, [package, package])) == (0, 10, 0)
    assert sorted((config.data / "warc").iterdir()) == files


def test_a_dry_run_says_what_would_be_and_writes_nothing(config: Config, package: Path) -> None:
    assert counts(import_files(config, [package, package], dry_run=True)) == (5, 5, 0)
    assert not config.data.exists()
    import_files(config, [package])
    before = sorted((config.data / "warc").iterdir())
    assert counts(import_files(config, [package], dry_run=True)) == (0, 5, 0)
    assert sorted((config.data / "warc").iterdir()) == before


def test_a_package_made_to_do_harm_is_refused_and_nothing_is_written(config: Config, tmp_path: Path) -> None:
    keep_all(tmp_path / "theirs", [exchange()])
    good = kept(tmp_path, "good.warc.gz", zipped(response("a")))
    for name, (content, said) in hostile(only_file(tmp_path / "theirs").read_bytes()).items():
        with pytest.raises(PackageRefused) as refusal:
            import_files(config, [good, keep(tmp_path, content)], force=True)
        assert refusal.value.exit_code == 2
        assert f"x.wacz: {said}" in str(refusal.value) or said in str(refusal.value), name
        assert not config.data.exists()


def altered(package: Path, out: Path, name: str) -> Path:
    """A copy of the package in which one file is another than it was."""
    with zipfile.ZipFile(package) as old, zipfile.ZipFile(out, "w") as new:
        for entry in old.infolist():
            content = old.read(entry)
            new.writestr(entry.filename, content + b"\n" if entry.filename == name else content)
    return out


@pytest.mark.parametrize("name", ["pages/pages.jsonl", "datapackage.json"])
def test_a_package_that_is_not_what_it_says_is_refused_unless_it_is_forced(
    config: Config, package: Path, tmp_path: Path, name: str
) -> None:
    false = altered(package, tmp_path / "false.wacz", name)
    with pytest.raises(PackageRefused, match=r"false\.wacz is not what it says it is: ") as refusal:
        import_files(config, [false])
    assert "--force" in refusal.value.advice
    assert not config.data.exists()
    said = import_files(config, [false], force=True)
    assert counts(said) == (5, 0, 0)
    faults = said["archives"][0]["faults"]
    assert faults
    assert said["warnings"] == [f"false.wacz: {fault}" for fault in faults]
    assert "importedFault: " in opening_of(config)
    assert_sound(config)


def test_damaged_records_are_left_out_and_told_and_the_rest_comes_in(config: Config, tmp_path: Path) -> None:
    parts = [zipped(each) for each in (info("i"), *(response(name, PICTURE) for name in "abc"))]
    parts[2] = parts[2][:60] + bytes([parts[2][60] ^ 4]) + parts[2][61:]
    said = import_files(config, [kept(tmp_path, "theirs.warc.gz", b"".join(parts))])
    assert counts(said) == (2, 0, 1)
    (warning,) = said["warnings"]
    assert warning.startswith(f"theirs.warc.gz at {len(parts[0] + parts[1])}: ")
    assert warning.endswith("; left out")
    assert_sound(config)


def test_another_record_under_a_known_id_is_told_and_left_out(config: Config, tmp_path: Path) -> None:
    another = answer(body=b"another", Content_Type="image/png")
    first = kept(tmp_path, "first.warc.gz", zipped(response("a", PICTURE)))
    second = kept(tmp_path, "second.warc.gz", zipped(response("a", another), response("b", PICTURE)))
    within = kept(tmp_path, "within.warc.gz", zipped(*[response("c", PICTURE)] * 2, response("c", another)))
    said = import_files(config, [first, second, within])
    assert counts(said) == (3, 1, 2)
    assert said["warnings"] == [
        "second.warc.gz at 0: the archive has another record of its id, of https://theirs.example/a; left out",
        f"within.warc.gz at {2 * len(zipped(response('c', PICTURE)))}: the archive has another record of its id, "
        f"of https://theirs.example/c; left out",
    ]
    assert counts(import_files(config, [first, second, within], dry_run=True)) == (0, 4, 2)


def test_a_file_without_captures_is_said_and_leaves_nothing(config: Config, tmp_path: Path) -> None:
    said = import_files(config, [kept(tmp_path, "theirs.warc.gz", zipped(info("i"), request("r")))])
    assert counts(said) == (0, 0, 0)
    assert said["warnings"] == ["theirs.warc.gz holds no capture that can be brought in"]
    assert list((config.data / "warc").iterdir()) == []


def test_what_another_archive_decided_decides_nothing_here(config: Config, tmp_path: Path) -> None:
    """A whole WARC file of another data folder, with its incident page and its run record, is captures and no more."""
    told = {"format": "sourcekeep-run-1", "schedules": [{"kind": "archive", "target": None, "cron": "* * * * *"}]}
    with ArchiveWriter(tmp_path / "theirs", run="r", agent=AGENT) as writer:
        run = json.dumps(told).encode()
        writer.keep_resource("urn:x-sourcekeep:run:1", "application/json", run, Origin("run")).result(5)
        page = b"Silent incident\nA system did something.\nDocuments\nhttps://x.example/r\nPage info\nType: Incident\n"
        writer.keep_resource("urn:x-sourcekeep:file:page.txt", "text/plain", page, Origin("incident")).result(5)
    said = import_files(config, [only_file(tmp_path / "theirs")])
    assert counts(said) == (1, 0, 0)
    assert "what a run elsewhere decided is left out" in said["warnings"][0]
    for _ in range(2):
        with catalogue(config) as database:
            assert dossier.incidents(database) == []
            assert schedule.rows(database) == []
        rebuild(config)


def test_real_samples_come_in_or_are_refused(config: Config, real_samples: Path) -> None:
    damaged = {
        "bad.arc": 1, "example-bad-non-chunked.warc.gz": 1, "example-digest.warc": 1, "example-space-in-url.arc": 1,
        "example-trunc.warc": 1, "example-wrong-chunks.warc.gz": 3,
    }  # fmt: skip
    refused = ("invalid_example_1.wacz", "invalid_signed_example_1.wacz")
    every = sorted((real_samples / "warc").iterdir())
    for name in refused:
        with pytest.raises(PackageRefused):
            import_files(config, [real_samples / "warc" / name])
    said = import_files(config, [path for path in every if path.name not in refused])
    by_name = {told["file"]: told for told in said["archives"]}
    assert {name: told["records_damaged"] for name, told in by_name.items() if told["records_damaged"]} == damaged
    assert (by_name["example.warc.gz"]["captures_added"], by_name["example.warc.gz"]["captures_known"]) == (0, 2)
    assert by_name["valid_signed_example_1.wacz"]["signed_by"] == "domain btrix-sign-test.webrecorder.net"
    assert_sound(config)
    found = captures(config, "http://example.com/")
    assert len(found["captures"]) == 7
    rebuild(config)
    assert without_reading(captures(config, "http://example.com/")) == without_reading(found)
    assert import_files(config, [path for path in every if path.name not in refused])["captures_added"] == 0


def without_reading(found: dict[str, Any]) -> list[dict[str, Any]]:
    return [{**one, "document": {**(one["document"] or {}), "read_at": None}} for one in found["captures"]]


def test_a_missing_or_empty_file_is_an_error_in_one_line(config: Config, tmp_path: Path) -> None:
    for path, said in ((kept(tmp_path, "e.warc.gz", b""), "e.warc.gz is empty"), (tmp_path / "m.wacz", "cannot read")):
        with pytest.raises(SourcekeepError, match=said) as error:
            import_files(config, [path])
        assert error.value.exit_code == 2


URL = "https://theirs.example/page"
TIMES = {"a": "2020-01-02T03:04:05Z", "b": "2021-06-01T23:59:59Z", "c": "2022-06-01T00:00:00Z"}


@pytest.fixture
def looked_up(config: Config, tmp_path: Path) -> Config:
    """Three captures of one URL."""
    records = [
        response(name, answer(body=name.encode(), Content_Type="image/png"), URL).replace(
            b"2020-01-02T03:04:05Z", at.encode()
        )
        for name, at in TIMES.items()
    ]
    import_files(config, [kept(tmp_path, "theirs.warc.gz", zipped(*reversed(records)))])
    return config


def years(config: Config, *, at: str | None = None, limit: int | None = None) -> list[str]:
    return [one["timestamp"][:4] for one in captures(config, URL, at=at, limit=limit)["captures"]]


def test_captures_of_a_url_are_found_oldest_first_or_nearest_first(looked_up: Config) -> None:
    assert years(looked_up) == ["2020", "2021", "2022"]
    assert years(looked_up, limit=2) == ["2020", "2021"]
    assert years(looked_up, at="2021-06-01") == ["2021", "2022", "2020"]
    assert years(looked_up, at="20220601000000", limit=1) == ["2022"]
    assert years(looked_up, at="2020-01-02T05:04:05+02:00") == ["2020", "2021", "2022"]
    found = captures(looked_up, URL)
    assert captures(looked_up, "http://www.theirs.example/page") == found
    assert found["captures"][0]["imported_from"].startswith("theirs.warc.gz sha256:")
    assert captures(looked_up, "https://theirs.example/other") == {"captures": []}


def test_captures_of_a_payload_are_found_however_its_digest_is_spelled(looked_up: Config) -> None:
    one = captures(looked_up, URL)["captures"][1]
    value = one["payload_digest"].removeprefix("sha256:")
    for spelled in (f"sha256:{value}", f"SHA-256:{value.upper()}", one["payload_digest"]):
        assert captures(looked_up, spelled)["captures"] == [one]
    assert captures(looked_up, f"sha256:{'0' * 64}") == {"captures": []}


def test_captures_of_our_own_are_found_by_the_sha1_of_their_payload_too(config: Config, package: Path) -> None:
    import_files(config, [package])
    sha1 = hashlib.sha1(b"picture", usedforsecurity=False)
    every = captures(config, f"sha1:{sha1.hexdigest()}")["captures"]
    assert {one["payload_sha1"] for one in every} == {f"sha1:{base64.b32encode(sha1.digest()).decode()}"}
    assert len(every) == 5
    assert every == captures(config, every[0]["payload_digest"])["captures"]


def test_a_capture_that_only_the_index_knows_is_told_as_far_as_it_is_known(looked_up: Config) -> None:
    whole = captures(looked_up, URL)["captures"]
    (looked_up.data / "catalog.sqlite").unlink()
    bare = captures(looked_up, URL)["captures"]
    assert [set(one) for one in bare] == [set(one) for one in whole]
    for known in ("url", "timestamp", "http_status", "payload_digest", "warc", "offset", "length"):
        assert [one[known] for one in bare] == [one[known] for one in whole], known


@pytest.mark.parametrize(
    "wanted", [(URL, "yesterday"), (URL, "20241399000000"), (URL, "2024-02-30"), (URL, "2024-01-01T10:00:00"),
               (URL, "٢٠٢٤-01-01"), ("sha256:zz", None), ("nope", None), ("ftp://nope.example/", None)],
    ids=str,
)  # fmt: skip
def test_a_look_up_that_makes_no_sense_is_a_wrong_call(config: Config, wanted: tuple[str, str | None]) -> None:
    with pytest.raises(SourcekeepError) as error:
        captures(config, wanted[0], at=wanted[1])
    assert error.value.exit_code == 2


def test_the_timemap_of_a_url_is_told_in_both_forms(looked_up: Config) -> None:
    assert b'rel="first memento"' in timemap(looked_up, URL, plain=True).body
    assert len(json.loads(timemap(looked_up, URL, plain=False).body)["mementos"]["list"]) == 3
    assert timemap(looked_up, "https://nope.example/", plain=True).status == 404
