"""Exceptions to one line and one exit code, here and nowhere else."""

import sys
import traceback

from archive.errors import Interrupted, SourcekeepError


def told(error: BaseException) -> SourcekeepError:
    """The error as one of the tree: what is not in it becomes one that says so, so that no user sees a traceback."""
    if isinstance(error, SourcekeepError):
        return error
    if _was_stopped(error):
        return Interrupted("stopped; all that was captured is kept")
    if isinstance(error, OSError) and error.strerror:
        place = f" ({error.filename})" if error.filename else ""
        failed = SourcekeepError(f"the system says: {error.strerror}{place}", advice="Repair that, then run it again.")
        failed.exit_code = 3
        return failed
    broken = SourcekeepError(
        f"an unexpected fault in sourcekeep: {type(error).__name__}: {error}",
        advice="Run it again with --debug and report what it prints; what was captured is kept.",
    )
    broken.exit_code = 3
    return broken


def _was_stopped(error: BaseException | None) -> bool:
    """True for Ctrl-C, and for what broke since it came in the middle of something."""
    while error is not None and not isinstance(error, KeyboardInterrupt):
        error = error.__context__
    return error is not None


def report(error: BaseException, *, debug: bool) -> int:
    """Prints the one line (with --debug the traceback too) on standard error; answers the exit code."""
    known = told(error)
    if debug:
        traceback.print_exception(error, file=sys.stderr)
    message = " ".join(str(known).split()).rstrip(".")
    print(f"sourcekeep: {message}. {known.advice}", file=sys.stderr)
    return known.exit_code
