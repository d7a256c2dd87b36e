"""Which imports lead out of the repository, and to which part each importing file belongs.

A module is the repository's own when a file for it lies below a folder that can be on the importer's path: the
importer's folder or one above it (scripts, source roots), any folder that is no package, or a package whose own modules
ask for one another without its name, which works only where it is put on the path. A folder without `__init__` is a
namespace package, so `google/cloud/own.py` does not make `google.cloud.storage` one's own.
"""

import posixpath
import sys
from collections.abc import Iterable, Iterator
from enum import IntEnum
from functools import cache, cached_property, lru_cache

import msgspec

from seatrial.libraries.distributions import distributions
from seatrial.model.facts import FunctionFacts, ImportFacts
from seatrial.program.aside import FOLDERS, TESTING
from seatrial.program.manifests.nouns import inside
from seatrial.program.manifests.providers import providers
from seatrial.program.parts import File

_TOOLS = frozenset(
    {
        "conanfile.py", "conf.py", "dodo.py", "duties.py", "fabfile.py", "hatch_build.py", "locustfile.py",
        "noxfile.py", "setup.py", "tasks.py", "toxfile.py", "versioneer.py", "wscript.py",
    }
)  # fmt: skip
"""Files that a development tool runs. (`tasks.py` inside a package is the program's own.)"""
_BUILDERS = frozenset({"setuptools", "distutils", "skbuild", "wheel"})
"""What whoever runs a `setup.py` brings along (PEP 517)."""
_GENERATED = ("_pb2", "_pb2_grpc")
"""Ends of names of modules that a build step makes."""

_STUB = ".pyi"
"""End of the names of files that only type checkers read."""


class Way(IntEnum):
    """When an import runs, the surest first."""

    ALWAYS = 0
    LATE = 1
    """When a function is called."""
    BRANCH = 2
    """Below an `if`, in a handler, inside a `with`: on some ways only."""
    GUARDED = 3
    """Its failure is caught: the program can do without."""


class Import(msgspec.Struct, frozen=True):
    """An import that leads out of the repository and out of the standard library."""

    file: File
    line: int
    module: str
    """Dotted, as far as the source says it; for `from a import b`, `a.b`."""
    function: int
    way: Way

    @property
    def head(self) -> str:
        """The module's first name."""
        return self.module.partition(".")[0]

    @property
    def shown(self) -> str:
        """The module as a reader would name it: the first name, or all of it in a shared namespace."""
        return self.module if self.head in distributions().namespaces else self.head


class Owned:
    """The modules that the repository itself holds."""

    def __init__(self, paths: Iterable[str], imports: Iterable[tuple[str, str]] = ()) -> None:
        """`imports`: the modules that are imported, each with the path of its importer."""
        self._files = {path.rsplit(".", 1)[0] for path in paths}
        self._packages = {posixpath.dirname(path) for path in self._files if posixpath.basename(path) == "__init__"}
        self._held: dict[tuple[str, str], bool] = {}
        self._folders = _folders(self._files)
        self._on_path = set(self._asked_without(imports))

    def holds(self, module: str, folder: str) -> bool:
        """Whether `module`, imported in a file of the folder, can be one of the repository's own."""
        key = module, folder
        if key not in self._held:
            self._held[key] = self._holds(*key)
        return self._held[key]

    def _holds(self, module: str, folder: str) -> bool:
        return any(
            self._leads_to(root, module.split("."))
            for root in self._roots.get(module.partition(".")[0], ())
            if root not in self._packages or inside(folder, root) or root in self._on_path
        )

    def _asked_without(self, imports: Iterable[tuple[str, str]]) -> Iterator[str]:
        """The packages around importers that hold modules which these ask for without the packages' names."""
        inner = {name for name, roots in self._roots.items() if not roots.isdisjoint(self._packages)}
        importers: dict[str, list[str]] = {}
        for module, importer in imports:
            if module.partition(".")[0] in inner:
                importers.setdefault(module, []).append(importer)
        for module, asking in importers.items():
            around = self._roots[module.partition(".")[0]] & self._packages if not providers(module) else ()
            for root in around:
                if self._leads_to(root, module.split(".")) and any(inside(one, root) for one in asking):
                    yield root

    @cached_property
    def _roots(self) -> dict[str, set[str]]:
        """For each name the folders that hold a module or package called so."""
        roots: dict[str, set[str]] = {}
        for path in self._files | self._folders:
            roots.setdefault(posixpath.basename(path), set()).add(posixpath.dirname(path))
        return roots

    def _leads_to(self, root: str, names: list[str]) -> bool:
        """Whether the names can be followed below `root`: to a module or package, or to the end of a namespace."""
        path = root
        for name in names:
            path = posixpath.join(path, name)
            if path in self._files or path in self._packages:
                return True
            if path not in self._folders:
                return False
        return True


def _folders(paths: Iterable[str]) -> set[str]:
    found = set[str]()
    for path in paths:
        while (path := posixpath.dirname(path)) and path not in found:
            found.add(path)
    return found


def outward(files: Iterable[File]) -> Iterator[Import]:
    """Imports of modules from elsewhere, in the order of files and lines.

    Left out: what was not understood; relative and type-only imports; the standard library; modules that a host
    program brings, or whoever runs a `setup.py`; names that nobody declares (generated `_pb2` modules, extension
    modules with a leading `_`).
    """
    files = tuple(files)
    owned = Owned(
        (file.path for file in files), ((one.path, file.path) for file in files for one in file.facts.imports)
    )
    for file in files:
        if file.path.endswith(_STUB):
            continue
        has_damage = bool(file.facts.damage)
        is_build = posixpath.basename(file.path) == "setup.py"
        for one in file.facts.imports:
            module = one.path if not one.star else one.module
            if one.type_only or not _is_outside(module) or (has_damage and _damaged(file, one.line)):
                continue
            if is_build and module.partition(".")[0] in _BUILDERS:
                continue
            if not owned.holds(module, file.folder):
                yield Import(file, one.line, module, one.function, _way(file, one))


def for_development(file: File, part_folder: str) -> bool:
    """Whether a file serves the developers, seen from its part's folder, and so may rest on what they have."""
    within = file.path.removeprefix(f"{part_folder}/" if part_folder else "")
    folders = within.split("/")[:-1]
    name = posixpath.basename(within)
    return (
        bool(folders and folders[0] in FOLDERS)
        or (name in _TOOLS and "." not in file.module)
        or (name.startswith("pytest_") or not TESTING.isdisjoint(folders))
    )


def optional(files: Iterable[File]) -> set[str]:
    """First names of modules that some file imports under guard: the program can do without them."""
    return {one.path.partition(".")[0] for file in files for one in file.facts.imports if one.guarded}


@lru_cache(maxsize=65_536)
def _is_outside(module: str) -> bool:
    head = module.partition(".")[0]
    data = distributions()
    return bool(
        head
        and not head.startswith(("_", ":", "?", "!"))
        and not head.endswith(_GENERATED)
        and head not in sys.stdlib_module_names
        and head not in data.standard
        and module not in data.namespaces
        and not f"{module}.".startswith(_hosted())
    )


@cache
def _hosted() -> tuple[str, ...]:
    """How the modules begin that a host program brings, a point behind each name."""
    return tuple(f"{host}." for host in distributions().hosts)


def _damaged(file: File, line: int) -> bool:
    return any(damage.line <= line <= damage.end_line for damage in file.facts.damage)


def _way(file: File, one: ImportFacts) -> Way:
    if one.guarded:
        return Way.GUARDED
    body: FunctionFacts = file.facts.functions[one.function]
    if not body.regions:
        return Way.LATE if body.kind in ("function", "lambda") else Way.ALWAYS
    branches = (region for region in body.regions if region.kind not in ("for", "annotation"))
    if any(region.line <= one.line <= region.end_line for region in branches):
        return Way.BRANCH
    return Way.LATE if body.kind in ("function", "lambda") else Way.ALWAYS
