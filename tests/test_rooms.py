"""The law of the rooms: who may import whom, which library lives where, no circles between files."""

import ast
import sys
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
ROOMS = ("archive", "extract", "store", "crawler", "desk")
MAY_IMPORT = {
    "archive": set(),
    "extract": {"archive"},
    "store": {"archive", "extract"},
    "crawler": {"archive", "extract"},
    "desk": {"archive", "extract", "store", "crawler"},
}
LIVES_IN = {
    "archive": {"warcio", "can_ada", "isal", "cryptography", "certifi"},  # two rooms: decision 0008
    "extract": {
        "pdfplumber", "pdfminer", "pypdfium2", "pypdf", "trafilatura", "htmldate", "parsel", "lxml", "rapidfuzz",
        "puremagic", "webencodings", "charset_normalizer", "brotli", "zstandard",
    },
    "store": {"sqlalchemy", "alembic", "pysqlite3"},
    "crawler": {"scrapy", "twisted", "cryptography", "certifi", "protego", "playwright"},
    "desk": {"click", "rich", "pydantic", "pydantic_settings", "cronsim"},
}  # fmt: skip
# Which call goes out to the network, and the one file that may make it: behind it stands the address guard.
GOES_OUT = {
    "create_connection": "crawler/dial.py",
    "getaddrinfo": "crawler/resolver.py",
    **dict.fromkeys(
        (
            "open_connection", "open_unix_connection", "create_unix_connection", "create_datagram_endpoint",
            "sock_connect", "sock_sendto", "connect_ex", "sendto", "gethostbyname", "gethostbyname_ex", "gethostbyaddr",
            "connectTCP", "connectSSL", "connectUDP", "urlopen", "urlretrieve",
        )
    ),
}  # fmt: skip
CLIENTS = {
    "urllib.request", "http.client", "ftplib", "smtplib", "poplib", "imaplib", "nntplib", "telnetlib", "xmlrpc",
    "requests", "httpx", "aiohttp", "urllib3", "pycurl", "websockets", "treq",
}  # fmt: skip
FILES = sorted(path for room in ROOMS for path in (ROOT / room).rglob("*.py"))


def imports(path: Path) -> Iterator[tuple[str, bool]]:
    """Every module a file imports, and whether it does so at the top."""
    tree = ast.parse(path.read_text())
    top = set(map(id, tree.body))
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((name.name, id(node) in top) for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            yield node.module or "", id(node) in top
            yield from ((f"{node.module}.{name.name}", id(node) in top) for name in node.names)


def module_of(path: Path) -> str:
    dotted = ".".join(path.relative_to(ROOT).with_suffix("").parts)
    return dotted.removesuffix(".__init__")


def test_each_room_imports_only_what_lies_below_it() -> None:
    wrong = [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in FILES
        for name, _ in imports(path)
        if (room := path.relative_to(ROOT).parts[0]) != (other := name.split(".")[0])
        and other in ROOMS
        and other not in MAY_IMPORT[room]
    ]
    assert not wrong


def test_each_library_lives_in_its_room_and_nowhere_else() -> None:
    homes = {
        library: {room for room, libraries in LIVES_IN.items() if library in libraries}
        for library in set().union(*LIVES_IN.values())
    }
    wrong = []
    for path in FILES:
        room = path.relative_to(ROOT).parts[0]
        for name, _ in imports(path):
            library = name.split(".")[0]
            if library in ROOMS or library in sys.stdlib_module_names:
                continue
            if room not in homes.get(library, ()):
                wrong.append(f"{path.relative_to(ROOT)} imports {library}, which lives in {homes.get(library)}")
    assert not wrong


def test_nothing_goes_out_to_the_network_but_the_dialler_and_the_resolver() -> None:
    made: dict[str, set[str]] = {}
    for path in FILES:
        name = path.relative_to(ROOT).as_posix()
        for module, _ in imports(path):
            assert not {module, module.split(".")[0]} & CLIENTS, f"{name} imports {module}, which dials past the guard"
        for node in ast.walk(ast.parse(path.read_text())):
            called = node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
            if called in GOES_OUT:
                assert GOES_OUT[called] == name, f"{name} goes out to the network with {called}"
                made.setdefault(called, set()).add(name)
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "socket.socket":
                assert "fileno" in {one.arg for one in node.keywords}, f"{name} makes a socket of its own"
    assert made == {call: {home} for call, home in GOES_OUT.items() if home}, "the two that do are seen to"


def test_no_circle_between_files() -> None:
    modules = {module_of(path): path for path in FILES}
    graph = {
        name: {other for other, top in imports(path) if top and other in modules and other != name}
        for name, path in modules.items()
    }
    done: set[str] = set()

    def walk(name: str, trail: tuple[str, ...]) -> None:
        assert name not in trail, f"a circle: {' -> '.join((*trail, name))}"
        if name not in done:
            for other in graph[name]:
                walk(other, (*trail, name))
            done.add(name)

    for name in graph:
        walk(name, ())


def test_every_file_opens_with_a_sentence_and_stays_small() -> None:
    for path in FILES:
        text = path.read_text()
        assert ast.get_docstring(ast.parse(text)), f"{path.relative_to(ROOT)} has no opening sentence"
        assert text.count("\n") <= 300, f"{path.relative_to(ROOT)} has outgrown its room"


def test_nobody_else_owns_a_room() -> None:
    owners = packages_distributions()
    for room in ROOMS:
        assert set(owners.get(room, ["sourcekeep"])) <= {"sourcekeep"}, f"{room} belongs to {owners[room]}"
