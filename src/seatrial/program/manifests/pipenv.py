"""Read Pipenv's `Pipfile`: https://pipenv.pypa.io/en/latest/pipfile.html."""

from packaging.specifiers import SpecifierSet

from seatrial.program.manifests.nouns import Use
from seatrial.program.manifests.pyproject import load, table
from seatrial.program.manifests.reading import Lines, Reading, Slot
from seatrial.program.manifests.requirements_txt import DEVELOPMENT_WORDS, words

_SETTINGS = frozenset({"source", "requires", "scripts", "pipenv"})
_PUBLIC = "pypi.org"


def read(path: str, text: str) -> Reading:
    """What a Pipfile says. Every table that is not a setting is a category of packages."""
    reading = Reading(path)
    data = load(reading, text)
    lines = Lines(text)
    for category in data.keys() - _SETTINGS:
        use = Use.RUN if category == "packages" else _category_use(category)
        for name, wanted in table(data, category).items():
            group = "" if category == "packages" else category
            _package(reading, name, wanted, Slot(lines.key(f"[{category}]", name), use, group))
    reading.declares = "packages" in data
    sources = data.get("source")
    reading.private_index = isinstance(sources, list) and any(_PUBLIC not in str(source) for source in sources)
    return reading


def _category_use(category: str) -> Use:
    return Use.DEVELOPMENT if words(category) & DEVELOPMENT_WORDS else Use.EXTRA


def _package(reading: Reading, name: str, wanted: object, slot: Slot) -> None:
    detail = wanted if isinstance(wanted, dict) else {"version": wanted}
    version = detail.get("version")
    marker, path, extras = detail.get("markers"), detail.get("path"), detail.get("extras")
    reading.keep(
        name,
        slot,
        specifier=reading.specifier(version, slot.line)
        if isinstance(version, str) and version != "*"
        else SpecifierSet(),
        marker=reading.marker(marker, slot.line) if isinstance(marker, str) else None,
        extras=frozenset(map(str, extras)) if isinstance(extras, list) else frozenset(),
        direct=reading.resolve(path) if isinstance(path, str) else str(detail.get("git") or detail.get("file") or ""),
    )
