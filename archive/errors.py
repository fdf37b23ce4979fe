"""The error tree of the whole program; each class owns its exit code and the next thing to do.

SourcekeepError                 2
├── ArchiveError                3   the archive's files
│   ├── FolderHeld             75   another run holds the data folder
│   ├── WriteFailed             3   disk full, EIO, read-only
│   └── NotAnArchive            2   a file that is no WARC, ARC or WACZ
├── ExtractError                2   reading
│   ├── UnreadableRecord        2   an incident record no format can read
│   └── WorkerLost              3   the reading processes cannot be started
├── StoreError                  3   the catalogue
│   ├── DatabaseUnreachable     3
│   ├── NewerSchema             2   made by a later version of the program
│   └── UnknownKey              2   no such incident, source, schedule
├── CrawlError                  3   the network
│   ├── RefusedUrl              2   a URL that is never dialled
│   └── NetworkDown             3
├── UsageError                  2   wrong call or wrong configuration
└── Interrupted               130   Ctrl-C; running again goes on

What befalls one URL or one document is an outcome or a state, never an exception of this tree.
"""


class SourcekeepError(Exception):
    """One line for the user: what went wrong and where; `advice` says what to do next."""

    exit_code = 2
    advice = "Run the command with --debug to see where it happened."

    def __init__(self, message: str, *, advice: str | None = None) -> None:
        super().__init__(message)
        if advice is not None:
            self.advice = advice


class ArchiveError(SourcekeepError):
    """The archive's own files cannot be used as asked."""

    exit_code = 3


class FolderHeld(ArchiveError):
    """Another run holds the data folder."""

    exit_code = 75
    advice = "Wait for the other run to end, or give this one a data folder of its own with --data."


class WriteFailed(ArchiveError):
    """The disk refused a write or a sync; nothing after the last good record is claimed."""

    advice = "Free some space or repair the disk, then run the same command again: it goes on where it stopped."


class NotAnArchive(ArchiveError):
    """The file is no WARC, ARC or WACZ that can be read."""

    exit_code = 2
    advice = "Give a .warc, .warc.gz, .arc, .arc.gz or .wacz file."


class ExtractError(SourcekeepError):
    """A file that was handed in cannot be read."""


class UnreadableRecord(ExtractError):
    """No known format reads this incident record."""

    advice = "See `sourcekeep import --help` for the formats that are read."


class WorkerLost(ExtractError):
    """The reading processes cannot be started on this machine."""

    exit_code = 3
    advice = "Run `sourcekeep doctor` to see which defence is missing."


class StoreError(SourcekeepError):
    """The catalogue cannot answer."""

    exit_code = 3


class DatabaseUnreachable(StoreError):
    """The database cannot be opened or does not answer."""

    advice = "Check --database (or SOURCEKEEP_DATABASE) and that the server runs."


class NewerSchema(StoreError):
    """The catalogue was made by a later version of the program."""

    exit_code = 2
    advice = "Install the newer sourcekeep that made it, or use another data folder."


class UnknownKey(StoreError):
    """Nothing in the catalogue has this key."""

    exit_code = 2
    advice = "`sourcekeep incidents` lists the keys."


class CrawlError(SourcekeepError):
    """The network side cannot work as asked."""

    exit_code = 3


class RefusedUrl(CrawlError):
    """A URL that is never dialled: scheme, user info, port, syntax."""

    exit_code = 2
    advice = "Give an http or https URL of a public host."


class NetworkDown(CrawlError):
    """No host at all could be reached."""

    advice = "Check the network connection, then run the same command again."


class UsageError(SourcekeepError):
    """The call or the configuration is wrong."""

    advice = "See `sourcekeep --help`."


class Interrupted(SourcekeepError):
    """The user stopped the run; what is durable stays, the same command goes on."""

    exit_code = 130
    advice = "Run the same command again to go on."
