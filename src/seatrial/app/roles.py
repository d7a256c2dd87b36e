"""What a file is for, by its path alone: code, test, migration, example, generated; or vendored and left out."""

import re
from collections.abc import Callable, Collection

from seatrial.model.source import Role

_VENDORED = frozenset(
    {
        "vendor",
        "vendors",
        "vendored",
        "_vendor",
        "_vendored",
        "third_party",
        "thirdparty",
        "third-party",
        "3rdparty",
        "node_modules",
        "bower_components",
        "jspm_packages",
        "site-packages",
        "dist-packages",
        "__pypackages__",
        ".venv",
        ".tox",
        ".nox",
        ".eggs",
    }
)
_NEVER = frozenset(
    {
        ".git",
        ".hg",
        ".svn",
        ".bzr",
        ".jj",
        "__pycache__",
        ".mypy_cache",
        ".ruff_cache",
        ".pytest_cache",
        ".hypothesis",
        ".ipynb_checkpoints",
    }
)
_TEST_FOLDER = re.compile(
    r"(?:__tests__|cypress|tests|tests[_-].+|.+[_-]tests|test[_-]?(?:utils?|projects?|apps?|data)"
    r"|(?:unit|functional|integration|acceptance|regression|system|smoke)[_-]?tests?)\Z",
    re.IGNORECASE,
)
_PERHAPS_TEST_FOLDER = frozenset({"test", "testing", "e2e", "spec", "specs"})
_TEST_FILE = re.compile(r"(?:test_.+|.+_tests?|tests?|conftest)\.\w+\Z|.+\.(?:test|spec)\.\w+\Z")
_CERTAIN_TEST_FILE = re.compile(r"(?:test_.+|.+_test|conftest)\.\w+\Z")
_EXAMPLE_FOLDER = frozenset({"examples", "samples", "docs", "docs_src", "tutorials", "demos"})
_TOP_EXAMPLE_FOLDER = _EXAMPLE_FOLDER | {"example", "sample", "doc", "demo", "tutorial"}
_FILLED_IN = re.compile(r"\{\{[^/]*\}\}[^/]*|\{%[^/]*%\}[^/]*")
_NUMBERED = re.compile(r"\d{3,}_\w+\.\w+\Z")
_REVISION = re.compile(r"(?:[\d-]+_)?[0-9a-f]{12}(?:_\w*)?\.py\Z")
_GENERATED_FILE = re.compile(r".+(?:_pb2|_pb2_grpc)\.pyi?\Z|.+\.min\.\w+\Z|.+\.(?:g|generated)\.\w+\Z|versioneer\.py\Z")


def never_entered(folder: str) -> bool:
    """Whether a folder of this name holds a tool's own records, not anybody's source."""
    return folder in _NEVER


def vendored_top(path: str, environments: Collection[str]) -> str:
    """The outermost folder on the path that holds other people's code, or copies that were built; empty if none does.

    `environments` are folders (relative, with `/`) that hold a `pyvenv.cfg` (virtual environments, whatever their name)
    or packages as an installer lays them out (`*.dist-info/METADATA`).
    """
    parts = path.split("/")[:-1]
    for depth, part in enumerate(parts, 1):
        top = "/".join(parts[:depth])
        if part in _VENDORED or top in environments or parts[depth - 1 : depth + 1] == ["build", "lib"]:
            return top
    return ""


def template_top(path: str) -> str:
    """The outermost part of the path that a generator of projects fills in (`{{cookiecutter.name}}`); empty if none is.

    What lies there is the text of a program, and none before its names are put in.
    """
    found = _FILLED_IN.search(path)
    return path[: found.end()] if found else ""


def classifier(paths: Collection[str]) -> Callable[[str], Role]:
    """A function from path to role. `paths` are all files: a folder `test` is test code only if it holds tests."""
    holding_tests = {
        path.rsplit("/", 1)[0] for path in paths if "/" in path and _CERTAIN_TEST_FILE.match(path.rsplit("/", 1)[1])
    }
    folders: dict[str, Role] = {}

    def role(path: str) -> Role:
        folder, _, name = path.rpartition("/")
        if folder not in folders:
            folders[folder] = _folder_role(folder, holding_tests)
        return _file_role(folders[folder], folder, name)

    return role


def _folder_role(folder: str, holding_tests: Collection[str]) -> Role:
    parts = folder.split("/")
    for depth, part in enumerate(parts, 1):
        if _TEST_FOLDER.match(part):
            return Role.TEST
        top = "/".join(parts[:depth])
        if part in _PERHAPS_TEST_FOLDER and any(f == top or f.startswith(top + "/") for f in holding_tests):
            return Role.TEST
    if parts[0] in _TOP_EXAMPLE_FOLDER or not _EXAMPLE_FOLDER.isdisjoint(parts):
        return Role.EXAMPLE
    return Role.CODE


def _file_role(of_folder: Role, folder: str, name: str) -> Role:
    if _GENERATED_FILE.match(name):
        return Role.GENERATED
    if of_folder is Role.TEST or _TEST_FILE.match(name):
        return Role.TEST
    if _is_migration(folder, name):
        return Role.MIGRATION
    return of_folder


def _is_migration(folder: str, name: str) -> bool:
    parts = folder.split("/")
    if any(part == "migrations" or part.endswith("_migrations") for part in parts) and _NUMBERED.match(name):
        return True
    if parts[-1] != "versions":
        return False
    return bool(_REVISION.match(name)) or (len(parts) > 1 and ("alembic" in parts[-2] or "migrations" in parts[-2]))
