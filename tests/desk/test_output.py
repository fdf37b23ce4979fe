"""What a terminal is shown: text from outside never steers it."""

import subprocess
import sys

import pytest

from archive.errors import FolderHeld, Interrupted, SourcekeepError, UsageError, WriteFailed
from desk.errors import report, told
from desk.output import safe


def test_text_from_outside_cannot_steer_the_terminal() -> None:
    shown = safe("a\x1b[2Jb\x07c\u202ed\x9be\nf\tg")
    assert not any(char in shown for char in "\x1b\x07\u202e\x9b")
    assert shown == "a\\x1b[2Jb\\x07c\\u202ed\\x9be\nf\tg"


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (UsageError("x"), 2),
        (WriteFailed("x"), 3),
        (FolderHeld("x"), 75),
        (Interrupted("x"), 130),
        (KeyboardInterrupt(), 130),
        (OSError(28, "No space left on device"), 3),
        (RuntimeError("x"), 3),
    ],
)
def test_every_error_becomes_one_line_and_one_exit_code(
    error: BaseException, code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert report(error, debug=False) == code
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("sourcekeep: ")
    assert said.err.count("\n") == 1
    assert told(error).advice in said.err


def test_every_error_of_the_tree_owns_an_exit_code_and_advice() -> None:
    def below(cls: type[SourcekeepError]) -> list[type[SourcekeepError]]:
        return [cls, *(found for sub in cls.__subclasses__() for found in below(sub))]

    for cls in below(SourcekeepError):
        assert cls.exit_code in (2, 3, 75, 130), cls
        assert cls.advice.endswith((".", "!")), cls


def test_help_answers_without_loading_any_room() -> None:
    code = "import sys\nsys.argv = ['sourcekeep', '--help']\n"
    code += "try:\n import desk.cli\n desk.cli.main()\nexcept SystemExit: pass\n"
    code += "print([m for m in ('scrapy','twisted','sqlalchemy','pypdfium2','trafilatura','lxml') if m in sys.modules])"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout.splitlines()[-1] == "[]"
