"""Read one manifest: what every format's reader collects, and how one requirement is read."""

import posixpath
from bisect import bisect_right
from urllib.parse import unquote, urlsplit

import msgspec
from packaging.markers import InvalidMarker, Marker
from packaging.requirements import InvalidRequirement
from packaging.requirements import Requirement as Pep508
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.utils import NormalizedName, canonicalize_name
from packaging.version import Version

from seatrial.model.source import Gap, Stage
from seatrial.program.manifests.nouns import Locked, Requirement, Use

_LONGEST = 4_000
"""Characters of one requirement that are read at most."""
_LONGEST_VERSION = 200
_UNNAMED = NormalizedName("")


class Include(msgspec.Struct, frozen=True):
    """A file that another one brings in (`-r`, `-c`); `path` is relative to the root."""

    path: str
    use: Use
    line: int


class Slot(msgspec.Struct, frozen=True):
    """Where a requirement stands and what it is for; `group` is the extra or group that holds it."""

    line: int
    use: Use = Use.RUN
    group: str = ""


class Reading(msgspec.Struct):
    """What one manifest says, collected while it is read. Bad stretches become gaps; the rest is kept."""

    path: str
    requirements: list[Requirement] = msgspec.field(default_factory=list)
    locked: list[Locked] = msgspec.field(default_factory=list)
    includes: list[Include] = msgspec.field(default_factory=list)
    gaps: list[Gap] = msgspec.field(default_factory=list)
    distribution: NormalizedName = _UNNAMED
    requires_python: SpecifierSet = msgspec.field(default_factory=SpecifierSet)
    declares: bool = False
    computed: bool = False
    """Its list is made by a program (setup.py, dynamic metadata), so it cannot be read here."""
    compiled: bool = False
    """A resolver wrote it: it is a lock, too."""
    private_index: bool = False
    published: bool = False
    members: list[str] = msgspec.field(default_factory=list)
    """Folders of other parts that it is installed with; `name:x` for one known by its name."""
    sourced: set[NormalizedName] = msgspec.field(default_factory=set)
    """Names that a setting fetches from elsewhere than the index."""

    @property
    def folder(self) -> str:
        """The folder that holds the manifest."""
        return posixpath.dirname(self.path)

    def gap(self, line: int, reason: str) -> None:
        """Note something that could not be read."""
        self.gaps.append(Gap(self.path, line, Stage.PROGRAM, reason))

    def add(self, text: str, slot: Slot, *, hashed: bool = False) -> None:
        """Read one requirement in PEP 508 form and keep it; if its version part is wrong, keep the name."""
        try:
            parsed = Pep508(text[:_LONGEST])
            _check(parsed.specifier)
        except (InvalidRequirement, InvalidSpecifier, RecursionError):
            self.gap(slot.line, f"not a requirement: {text[:80]!r}")
            self.keep(_leading_name(text), slot)
            return
        self.keep(
            parsed.name,
            slot,
            specifier=parsed.specifier,
            marker=parsed.marker,
            extras=frozenset(parsed.extras),
            direct=self.resolve(parsed.url) if parsed.url else "",
            hashed=hashed,
        )

    def keep(
        self,
        name: str,
        slot: Slot,
        *,
        specifier: SpecifierSet | None = None,
        marker: Marker | None = None,
        extras: frozenset[str] = frozenset(),
        direct: str = "",
        hashed: bool = False,
    ) -> None:
        """Keep a requirement whose pieces are known. Without a name and direct reference there is nothing to keep."""
        if not name and not direct:
            return
        self.requirements.append(
            Requirement(
                name=canonicalize_name(name),
                written=name,
                specifier=SpecifierSet() if specifier is None else specifier,
                marker=marker,
                extras=extras,
                use=slot.use,
                group=slot.group,
                direct=direct,
                hashed=hashed,
                path=self.path,
                line=slot.line,
            )
        )

    def lock(
        self, name: str, version: str, line: int, marker: Marker | None = None, needs: tuple[NormalizedName, ...] = ()
    ) -> None:
        """Keep a lock entry."""
        try:
            parsed = Version(version) if version else None
        except ValueError:  # `InvalidVersion`, or a number too long for Python
            self.gap(line, f"not a version: {version[:40]!r} of {name[:80]!r}")
            parsed = None
        self.locked.append(Locked(canonicalize_name(name), parsed, marker, self.path, line, needs))

    def specifier(self, text: str, line: int) -> SpecifierSet:
        """A version range in PEP 440 form; an unreadable one is a gap and allows everything."""
        try:
            return _check(SpecifierSet(text))
        except InvalidSpecifier:
            self.gap(line, f"not a version range: {text[:80]!r}")
            return SpecifierSet()

    def marker(self, text: str, line: int) -> Marker | None:
        """A PEP 508 marker; an unreadable one is a gap and always holds."""
        try:
            return Marker(text) if text else None
        except (InvalidMarker, RecursionError):
            self.gap(line, f"not a marker: {text[:80]!r}")
            return None

    def resolve(self, reference: str) -> str:
        """A path in the manifest as a path relative to the root; an address is left as it is.

        An absolute path, or one that leads out of the root, stays recognisable: it begins with `/` or `..`.
        """
        parts = urlsplit(reference) if _can_split(reference) else None
        if parts and parts.scheme and parts.scheme != "file":
            return reference
        path = unquote(parts.path) if parts and parts.scheme == "file" else reference
        joined = posixpath.normpath(posixpath.join(self.folder, path.replace("\\", "/")))
        return "." if joined in ("", ".") else joined


def _check(specifier: SpecifierSet) -> SpecifierSet:
    """Python refuses to read numbers of thousands of digits: no version has them."""
    if any(len(clause.version) > _LONGEST_VERSION for clause in specifier):
        raise InvalidSpecifier(f"a version of more than {_LONGEST_VERSION} characters")
    return specifier


def _can_split(reference: str) -> bool:
    try:
        urlsplit(reference)
    except ValueError:
        return False
    return True


def _leading_name(text: str) -> str:
    """The name at the start of a line that is not a requirement as a whole."""
    name = ""
    for char in text.strip():
        if not (char.isascii() and (char.isalnum() or char in "-_.")):
            break
        name += char
    return name.strip("-_.")


class Lines:
    """Finds the lines of a text that a TOML or INI value came from, since their parsers do not tell."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._starts = [0, *(at + 1 for at, char in enumerate(text) if char == "\n")]

    def find(self, *needles: str) -> int:
        """The 1-based line of the last needle, each sought from where the one before it was found.

        A needle that is nowhere is passed over: at worst, the line is that of the section.
        """
        at = 0
        for needle in needles:
            at = max(at, self._text.find(needle, at))
        return bisect_right(self._starts, at)

    def key(self, section: str, key: str) -> int:
        """The line of `key = …` below a section's header."""
        start = self._text.find(section)
        for line in self._text[max(start, 0) :].splitlines(keepends=True):
            if line.split("=", 1)[0].strip().strip("\"'") == key:
                break
            start += len(line)
        return bisect_right(self._starts, min(max(start, 0), len(self._text) - 1))
