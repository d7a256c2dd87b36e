"""Read Poetry's tables of `pyproject.toml`, and its version ranges.

Format: https://python-poetry.org/docs/dependency-specification/
"""

from collections.abc import Callable
from typing import Any

from msgspec.structs import replace
from packaging.markers import Marker
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

from seatrial.program.manifests.nouns import Use
from seatrial.program.manifests.reading import Lines, Reading, Slot
from seatrial.program.manifests.requirements_txt import DEVELOPMENT_WORDS, words


def read(reading: Reading, poetry: dict[str, Any], lines: Lines) -> None:
    """Add what `[tool.poetry]` says to a reading."""
    name = poetry.get("name")
    if isinstance(name, str) and not reading.distribution:
        reading.distribution = canonicalize_name(name)
    reading.private_index |= bool(poetry.get("source"))
    reading.published |= bool(poetry.get("classifiers") or poetry.get("repository") or poetry.get("urls"))
    _table(reading, poetry.get("dependencies"), "[tool.poetry.dependencies]", lines)
    _table(reading, poetry.get("dev-dependencies"), "[tool.poetry.dev-dependencies]", lines, "dev")
    groups = poetry.get("group")
    for group, holder in groups.items() if isinstance(groups, dict) else ():
        needs = holder.get("dependencies") if isinstance(holder, dict) else None
        _table(reading, needs, f"[tool.poetry.group.{group}.dependencies]", lines, group)
    if isinstance(poetry.get("dependencies"), dict):
        reading.declares, reading.computed = True, False


def _table(reading: Reading, needs: object, header: str, lines: Lines, group: str = "") -> None:
    use = Use.DEVELOPMENT if words(group) & DEVELOPMENT_WORDS else Use.RUN
    for name, wanted in needs.items() if isinstance(needs, dict) else ():
        slot = Slot(lines.key(header, name), use, group)
        if name == "python":
            reading.requires_python = poetry_range(reading, _version(wanted), slot.line)
            continue
        for choice in wanted if isinstance(wanted, list) else [wanted]:
            _requirement(reading, name, choice, slot)


def _requirement(reading: Reading, name: str, wanted: object, slot: Slot) -> None:
    detail = wanted if isinstance(wanted, dict) else {}
    path, extras = detail.get("path"), detail.get("extras")
    optional = bool(detail.get("optional")) and slot.use is Use.RUN
    reading.keep(
        name,
        replace(slot, use=Use.EXTRA) if optional else slot,
        specifier=poetry_range(reading, _version(wanted), slot.line),
        marker=_marker(reading, detail, slot.line),
        extras=frozenset(map(str, extras)) if isinstance(extras, list) else frozenset(),
        direct=reading.resolve(path) if isinstance(path, str) else str(detail.get("git") or detail.get("url") or ""),
    )


def _marker(reading: Reading, detail: dict[str, Any], line: int) -> Marker | None:
    """The environment that a requirement is meant for, from `markers`, `python` and `platform`."""
    marker, python, platform = detail.get("markers"), detail.get("python"), detail.get("platform")
    markers = [f"({marker})"] if isinstance(marker, str) else []
    if isinstance(python, str):
        markers += [
            f"python_full_version {one.operator} '{one.version}'" for one in poetry_range(reading, python, line)
        ]
    if isinstance(platform, str):
        markers.append(f"sys_platform == '{platform}'")
    return reading.marker(" and ".join(markers), line)


def _version(wanted: object) -> str:
    if isinstance(wanted, dict):
        wanted = wanted.get("version", "*")
    return wanted if isinstance(wanted, str) else "*"


def poetry_range(reading: Reading, text: str, line: int) -> SpecifierSet:
    """Poetry's range as PEP 440. A choice of several (`||`) has no such form: it allows everything here."""
    if "|" in text:
        return SpecifierSet()
    pieces = [piece for clause in text.replace(" ,", ",").split(",") for piece in _clauses(clause)]
    return reading.specifier(",".join(filter(None, map(_pep440, pieces))), line)


def _clauses(text: str) -> list[str]:
    """Clauses apart by spaces, each operator with its version: `>= 1 < 2`."""
    clauses: list[str] = []
    for token in text.split():
        if clauses and not any(char.isdigit() or char == "*" for char in clauses[-1]):
            clauses[-1] += token
        else:
            clauses.append(token)
    return clauses


def _pep440(clause: str) -> str:
    if clause in ("*", ""):
        return ""
    if clause.startswith("^"):
        return _up_to(clause[1:], _caret)
    if clause.startswith("~") and not clause.startswith("~="):
        return _up_to(clause[1:], _tilde)
    if clause[0].isdigit() or clause[0] == "v":
        return f"=={clause}"
    if clause.startswith("=") and not clause.startswith("=="):
        return f"={clause}"
    return clause


def _up_to(version: str, next_break: Callable[[list[int]], list[int]]) -> str:
    numbers = []
    for piece in version.strip().split("."):
        digits = piece if piece.isascii() and piece.isdigit() else ""
        if not digits or len(digits) > 18:
            break
        numbers.append(int(digits))
    if not numbers:
        return version
    floor = version.strip().removesuffix(".*")
    return f">={floor},<{'.'.join(map(str, next_break(numbers)))}"


def _caret(numbers: list[int]) -> list[int]:
    """The first number that is not zero may not change."""
    at = next((i for i, number in enumerate(numbers) if number), len(numbers) - 1)
    return [*numbers[:at], numbers[at] + 1]


def _tilde(numbers: list[int]) -> list[int]:
    """Only numbers after the second may change; with one alone, only those after the first."""
    at = min(1, len(numbers) - 1)
    return [*numbers[:at], numbers[at] + 1]
