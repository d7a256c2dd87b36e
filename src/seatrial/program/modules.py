"""Modules: which file a dotted module name means, seen from a given file.

A repository can hold several roots (src layouts, the parts of a monorepo, folders of scripts), so one name may mean
different files for different importers. A folder with an `__init__` file is never a root: `import jwt` inside a package
that has a `jwt.py` does not mean the sibling.
"""

from collections.abc import Iterable, Sequence

from seatrial.program.parts import File

MANIFESTS = frozenset({"pyproject.toml", "setup.py", "setup.cfg", "manage.py", "requirements.txt", "Pipfile"})
"""Files that mark their folder as one from which modules are found."""
STARTED = "started:"
"""Before a root in which a program is started: modules are found beside `manage.py`, though its folder is a package."""


def module_names(
    path: str, packages: frozenset[str], roots: frozenset[str], imported: frozenset[str]
) -> list[tuple[str, str]]:
    """The names under which a file can be imported, as (root folder, dotted name), the most natural first.

    The natural root is the folder above the outermost package. Folders above that are roots only if they are marked
    (`roots`): then the folders between are namespace packages, and that name is the natural one if the program imports
    its first part (`imported`) or the file lies in no package at all.
    """
    parts = path.rsplit(".", 1)[0].split("/")
    if parts[-1] == "__init__":
        parts.pop()
    folders = path.split("/")[:-1]
    depth = len(folders)
    while depth and "/".join(folders[:depth]) in packages:
        depth -= 1
    names = []
    for cut in range(depth, -1, -1):
        root = "/".join(parts[:cut])
        if (cut == depth or root in roots) and parts[cut:]:
            names.append((root, ".".join(parts[cut:])))
    packaged = names[0] if names else ("", "")
    for cut in range(depth + 1, len(parts)):
        root = "/".join(parts[:cut])
        if STARTED + root in roots and parts[cut] in imported and parts[depth] not in imported:
            return [(root, ".".join(parts[cut:])), *names]
    loose = depth == len(folders)
    return sorted(names, key=lambda name: not _is_natural(name, packaged, roots, imported, loose=loose))


def _is_natural(
    name: tuple[str, str], packaged: tuple[str, str], roots: frozenset[str], imported: frozenset[str], *, loose: bool
) -> bool:
    if name == packaged:
        return packaged[0] in roots
    return loose or name[1].partition(".")[0] in imported


def source_roots(paths: Iterable[str], declared: Sequence[str]) -> frozenset[str]:
    """Folders from which modules are found: the root, declared ones, those with a manifest, and their `src`."""
    roots = {"", "src", *(d.strip("/") for d in declared)}
    known = frozenset(paths)
    for path in known:
        folder, _, name = path.rpartition("/")
        if folder and name == "manage.py":
            roots.add(STARTED + folder)
        if name in MANIFESTS and not (name == "setup.py" and f"{folder}/__init__.py" in known):  # a module of a package
            roots |= {folder, f"{folder}/src".lstrip("/")}
    return frozenset(roots)


class Modules:
    """The table of modules of a program."""

    def __init__(self, named: Iterable[tuple[File, list[tuple[str, str]]]], roots: frozenset[str]) -> None:
        self._files: dict[str, list[tuple[str, File]]] = {}
        self._prefixes: set[str] = set()
        self._roots = set(roots)
        self._memo: dict[tuple[str, str], File | None] = {}
        for file, names in named:
            if names and file.is_package:
                self._roots.add(names[0][0])
            for root, name in names:
                self._files.setdefault(name, []).append((root, file))
                self._note_prefixes(name)

    def _note_prefixes(self, name: str) -> None:
        while name and name not in self._prefixes:
            self._prefixes.add(name)
            name = name.rpartition(".")[0]

    def is_own(self, name: str) -> bool:
        """True when the name is a module or package (also a namespace package) of the repository."""
        return name in self._prefixes

    def find(self, name: str, importer: File) -> File | None:
        """The file that `name` means for `importer`; None if it is not in the repository.

        Below a root, a `logging.py` that imports `logging` means the library's, not itself.
        """
        if name not in self._files:
            return None
        folder = importer.folder
        key = (name, folder)
        if key not in self._memo:
            self._memo[key] = self._nearest(name, folder)
        found = self._memo[key]
        return None if found is importer and "." not in name and folder not in self._roots else found

    def _nearest(self, name: str, folder: str) -> File | None:
        best: tuple[int, File] | None = None
        for root, file in self._files.get(name, ()):
            inside = root in {"", folder} or folder.startswith(root + "/")
            if not inside and root not in self._roots:
                continue
            score = (10_000 + len(root)) if inside else _common(folder, root)
            if best is None or score > best[0]:
                best = (score, file)
        return best[1] if best else None


def _common(left: str, right: str) -> int:
    count = 0
    for a, b in zip(left.split("/"), right.split("/"), strict=False):
        if a != b:
            break
        count += 1
    return count
