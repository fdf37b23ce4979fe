"""Settings: defaults, then the file, then the environment, then the flags; a typo is an error that names itself."""

import tomllib
from pathlib import Path

import pytest
from pydantic import BaseModel

from archive.errors import RefusedUrl, UsageError
from desk.config import Config, load
from desk.connecting import crawl_options

EXAMPLE = Path(__file__).resolve().parents[2] / "sourcekeep.example.toml"


def written(folder: Path, text: str) -> Path:
    path = folder / "sourcekeep.toml"
    path.write_text(text)
    return path


def test_the_example_file_has_every_key_with_its_default() -> None:
    stated = tomllib.loads(EXAMPLE.read_text())

    def keys(model: type[BaseModel]) -> set[str]:
        return set(model.model_fields)

    assert set(stated) == keys(Config)
    for part in ("crawl", "reading", "fixity"):
        assert set(stated[part]) == keys(type(getattr(Config(), part)))
    assert load({}, EXAMPLE) == Config()


def test_every_setting_says_what_it_is() -> None:
    for part in (Config, type(Config().crawl), type(Config().reading), type(Config().fixity)):
        for name, field in part.model_fields.items():
            if not isinstance(field.default, BaseModel):
                assert field.description, name


def test_a_flag_beats_the_environment_which_beats_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = written(tmp_path, "data = 'from-file'\n[crawl]\ndelay_s = 5\nidle_s = 7\n")
    monkeypatch.setenv("SOURCEKEEP_CRAWL__DELAY_S", "3")
    config = load({"data": Path("from-flag")}, file)
    assert (config.data, config.crawl.delay_s, config.crawl.idle_s) == (Path("from-flag"), 3, 7)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[crawl]\ndelay = 5\n", "crawl.delay"),
        ("[crawl]\ndelay_s = -1\n", "crawl.delay_s"),
        ("[reading]\nworkers = 'many'\n", "reading.workers"),
        ("[crawl]\nbrowser_hosts = '*.example.org'\n", "crawl.browser_hosts"),
        ("[crawl]\nbrowser_hosts = ['https://example.org/']\n", "crawl.browser_hosts.0"),
        ("speed = 5\n", "speed"),
        ("this is no TOML", "is not TOML"),
    ],
)
def test_a_wrong_setting_is_an_error_that_names_it(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(UsageError, match=told):
        load({}, written(tmp_path, text))


def test_a_list_in_the_environment_is_json_and_anything_else_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCEKEEP_CRAWL__BROWSER_HOSTS", '["*.example.org"]')
    assert load({}, None).crawl.browser_hosts == ("*.example.org",)
    monkeypatch.setenv("SOURCEKEEP_CRAWL__BROWSER_HOSTS", "*.example.org")
    with pytest.raises(UsageError, match="variable"):
        load({}, None)


def test_which_ports_are_dialled_is_a_setting() -> None:
    crawl = {"contact": "archive@example.org"}
    usual, high = (crawl_options(load({"crawl": {**crawl, **more}}, None)).guard for more in ({}, {"high_ports": True}))
    high.check_url("http://example.org:9000/")
    for guard, port in ((usual, 9000), (high, 22)):
        with pytest.raises(RefusedUrl):
            guard.check_url(f"http://example.org:{port}/")


def test_a_contact_that_cannot_stand_in_a_header_is_an_error() -> None:
    with pytest.raises(UsageError, match=r"crawl\.contact"):
        load({"crawl": {"contact": "me@example.org\r\nX-Forged: yes"}}, None)


def test_a_settings_file_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot read the settings file"):
        load({}, tmp_path / "none.toml")


def test_the_catalogue_lies_in_the_data_folder_unless_named(tmp_path: Path) -> None:
    assert load({"data": tmp_path}, None).database_url == f"sqlite:///{tmp_path}/catalog.sqlite"
    assert load({"database": "postgresql://here/there"}, None).database_url == "postgresql://here/there"
