"""The lines of a file of requirements, as pip reads them."""

import re
from collections.abc import Iterator
from pathlib import Path

from seatrial.sandbox.decoding import decoded, is_plain
from seatrial.sandbox.requirement_lines import meant

_WHERE = re.compile(r"(?:-i|-f|--index-url|--extra-index-url|--find-links|--trusted-host)\b")
_TOOL = re.compile(r"(?:pip|setuptools|wheel|uv|poetry)(?![\w.-])", re.IGNORECASE)
HASH = re.compile(r"\s--hash[= ]\S+")
"""What a line says of the content of a package."""
_COMMENT = re.compile(r"(?:^|\s)#.*")
_OPTION = re.compile(r"(?P<name>--?[A-Za-z][\w-]*)(?:\s*=\s*|\s+)(?P<value>\S.*)")
_LONG = {"-e": "--editable", "-c": "--constraint", "-f": "--find-links", "-i": "--index-url"}
_BESIDE = re.compile(r"(?!\S*://)(?:\.{1,2}(?![\w.])|(?=[^\s;\[]*/)|(?=\S+\.(?:whl|zip|tgz|tar\.\w+)\b))[^\s;\[]*")
"""What a line names that lies beside it: a folder, or a package that is built already."""
_PATH = re.compile(r"(?!\S*://)[^\s;\[]+")
_PACKAGE = ("pyproject.toml", "setup.py")
_TAKEN_IN = re.compile(r"(?:-r|--requirement)[= ]?\s*(\S+)")


def says_nothing(lock: Path) -> bool:
    """Whether it holds options and tools alone, with which others are installed."""
    return all(_WHERE.match(line) or _TOOL.match(line) for line in lines(lock))


def arguments(path: Path) -> list[str]:
    """How to ask for what a file of requirements lists: by its name, or its lines where installers cannot read it."""
    is_read = is_plain(path) and all(meant(line) == [line] for line in _written(path))
    return anchored(path) or (["-r", str(path)] if is_read else ["=".join(filter(None, one)) for one in _own(path)])


def anchored(path: Path) -> list[str]:
    """What a file of requirements asks for, as arguments, where it names what lies beside it; empty if it does not."""
    own = _own(path)
    found = [_anchored(*one, path) for one in own]
    pairs = zip(found, own, strict=True)
    return [there or "=".join(filter(None, one)) for there, one in pairs] if any(found) else []


def _own(path: Path) -> list[tuple[str, str]]:
    return [_argument(HASH.sub("", line).strip()) for line in lines(path)]


def _argument(line: str) -> tuple[str, str]:
    """The option of a line, which may be empty, and its value."""
    option = _OPTION.match(line)
    return (_LONG.get(option["name"], option["name"]), option["value"]) if option else ("", line)


def _anchored(option: str, said: str, path: Path) -> str:
    """A line with the whole path of what it names; empty if that is not there.

    The program itself stays linked. What lies beside it is not: the copy that it lies in is gone the next time.
    """
    named = (_PATH if option in _LONG.values() else _BESIDE).match(said)
    place = _place(named[0], path, is_shelf=option == "--find-links") if named else None
    if named is None or place is None:
        return ""
    is_bare = not option or (option == "--editable" and not path.resolve().is_relative_to(place))
    return f"{place}{said[named.end() :]}" if is_bare else f"{option}={place}"


def _place(named: str, path: Path, *, is_shelf: bool) -> Path | None:
    """Where it lies: pip looks from the folder that it is run in, mostly that of the file, or the one above it."""
    for place in ((folder / named).resolve() for folder in (path.parent, path.parent.parent)):
        if place.is_file() or (is_shelf and place.is_dir()) or any((place / one).is_file() for one in _PACKAGE):
            return place
    return None


def without_options(path: Path) -> list[str]:
    """The requirements of a file alone, if it holds options that say where they come from; files it names too."""
    own = anchored(path) or list(lines(path))
    if not any(_WHERE.match(line) or "--hash" in line for line in own):
        return []
    return [line for line in (HASH.sub("", line).strip() for line in own) if line and not line.startswith("-")]


def lines(path: Path) -> Iterator[str]:
    """The logical lines of a requirements file, and of those that it takes in."""
    for line in _written(path):
        taken_in = _TAKEN_IN.match(line)
        if taken_in and (path.parent / taken_in[1]) != path:
            yield from lines(path.parent / taken_in[1])
        else:
            yield from meant(line)


def _written(path: Path) -> Iterator[str]:
    """The logical lines of the file alone, as they stand there."""
    try:
        text = decoded(path).replace("\\\n", " ")
    except OSError:
        return
    yield from filter(None, (_COMMENT.sub("", line).strip() for line in text.splitlines()))
