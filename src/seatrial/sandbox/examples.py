"""How the program's own files would set it up: examples of settings, compose files, and what developers choose."""

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from seatrial.sandbox.decoding import decoded
from seatrial.sandbox.texts import texts

_EXAMPLES = ("example", "sample", "template", "dist", "dev", "development", "local", "docker", "test")
_FILES = (
    *(f".env.{kind}" for kind in _EXAMPLES),
    *(f"{kind}.env" for kind in _EXAMPLES),
    "*env.example",
    "*env*sample",
    "example.env",
    "sample.env",
    ".env",
    ".flaskenv",
)
_LINE = re.compile(r"^[ \t]*(?:export[ \t]+)?([A-Za-z_]\w*)[ \t]*=[ \t]*(.*?)[ \t]*$", re.MULTILINE)
_COMPOSE = ("docker-compose*.y*ml", "compose*.y*ml")
_GIVEN = re.compile(r"\$\{\w+(?::?[-?]([^}]*))?\}")
_SWITCH = re.compile(
    r"(?P<name>\b(?:[A-Z]+_)*(?:ENV|ENVIRONMENT|ENV_NAME|STAGE|APP_SETTINGS|FLASK_CONFIG|CONFIG_NAME)\b)[^\n]*prod",
    re.IGNORECASE,
)
"""A variable that stands for production unless somebody says otherwise."""
_KIND = re.compile(r"[\"'](\w*(?:local|dev|test|debug)\w*)[\"']", re.IGNORECASE)
_FLAG = re.compile(
    r"(?:environ\.get|getenv)\(\s*[\"'](?P<name>(?:[A-Z]+_)*(?:DEV|DEVELOPMENT|DEBUG|LOCAL)(?:_MODE|_ENV)?)[\"'][^()\n]*\)"
    r"(?:\.(?:lower|upper)\(\))?\s*(?:==|in)\s*[\[({]?\s*[\"'](?P<value>\w+)[\"']"
)
"""A variable that makes a developer's machine of it, by a value that it is held against."""
_PRODUCTION = re.compile(r"[\"']prod\w*[\"']", re.IGNORECASE)
_SAYS_WHERE = re.compile(r"(?:CONF(?:IG(?:URATION)?)?|SETTINGS)_?(?:FILE(?:_?(?:PATH|NAME))?|PATH|LOCATION)$")
_CALLED = re.compile(r"([A-Z][A-Z0-9]+)_(?:SETTINGS|CONFIG|CONF)$")
"""A variable of the file of settings that is called as the program is."""
_SETTINGS = (".yaml", ".yml", ".toml", ".ini", ".json", ".cfg", ".conf")
_IS_SETTINGS = re.compile(
    r"(?:(?:default|example|sample)[-_.])?(?:config|settings)(?:[-_.](?:default|example|sample|template|dev|local))?"
    r"\.(?:ya?ml|toml|ini|json|cfg|conf)(?:\.\w+)?$"
)
_LEAST = ("local", "dev", "test", "debug")
_OTHERS = frozenset({"node_modules", "site-packages", "docs", "tests", "migrations"})
_LARGEST = 100_000


def fallbacks(root: Path, home: Path, names: Iterable[str] = ()) -> list[dict[str, str]]:
    """Sets of variables to try, one after another, when the program does not start as it is; it reads `names`."""
    return [found for found in ({**files(root, names), **given(root, home)}, developers(root)) if found]


def files(root: Path, names: Iterable[str]) -> dict[str, str]:
    """The variables that say where a file of settings lies, led to the one in the tree, or to the example for it."""
    wanted = [name for name in names if _SAYS_WHERE.search(name)]
    called = {name: said[1].lower() for name in names if (said := _CALLED.match(name))}
    if not wanted and not called:
        return {}
    held = [file for file, _ in texts(root, (*_SETTINGS, *(f".{kind}" for kind in _EXAMPLES)), _OTHERS)]
    found = [file for file in held if _IS_SETTINGS.match(file.name)]
    nearest = min(found, key=lambda file: (len(file.parts), len(file.name)), default=None)
    own = {name: str(file) for name, stem in called.items() for file in held if file.stem.lower() == stem}
    return {**own, **(dict.fromkeys(wanted, str(nearest)) if nearest else {})}


def given(root: Path, home: Path) -> dict[str, str]:
    """The variables that the examples and compose files in two folders of the program set, as far as they say to what.

    What an example for developers says goes before what a compose file says.
    """
    found: dict[str, str] = {}
    for folder in dict.fromkeys((home, root)):
        for file in (path for pattern in _FILES for path in sorted(folder.glob(pattern))):
            _add(found, _assigned(file))
        for file in (path for pattern in _COMPOSE for path in sorted(folder.glob(pattern))):
            _add(found, _composed(file))
    return found


def kept(root: Path, home: Path) -> dict[str, str]:
    """The variables that the program brings along for itself, in files that it reads as it starts."""
    found: dict[str, str] = {}
    for file in dict.fromkeys((home / ".env", root / ".env")):
        _add(found, _assigned(file))
    return found


def developers(root: Path) -> dict[str, str]:
    """Variables by which the program takes itself to be in production, set to what asks for least."""
    names: dict[str, None] = {}
    kinds: dict[str, None] = {}
    flags: dict[str, str] = {}
    for _, text in texts(root, (".py",), _OTHERS):
        names.update(dict.fromkeys(found["name"].upper() for found in _SWITCH.finditer(text)))
        flags.update({found["name"]: found["value"] for found in _FLAG.finditer(text)})
        if _PRODUCTION.search(text):
            kinds.update(dict.fromkeys(_KIND.findall(text)))
    ranked = [kind for word in _LEAST for kind in kinds if word in kind.lower()]
    return {**(dict.fromkeys(names, ranked[0]) if ranked else {}), **flags}


def _assigned(file: Path) -> list[tuple[str, str]]:
    is_read = file.is_file() and file.stat().st_size < _LARGEST
    return _LINE.findall(decoded(file)) if is_read else []


def _add(found: dict[str, str], said: list[tuple[str, str]]) -> None:
    for name, value in said:
        plain = value[1:-1] if value[:1] in {"'", '"'} and value[-1:] == value[:1] else value.partition(" #")[0].strip()
        if plain and "$" not in plain:
            found.setdefault(name, plain)


def _composed(file: Path) -> list[tuple[str, str]]:
    try:
        said = yaml.safe_load(decoded(file))
    except (OSError, ValueError, yaml.YAMLError):
        return []
    services = said.get("services") if isinstance(said, dict) else None
    listed = services.values() if isinstance(services, dict) else ()
    return [pair for one in listed if isinstance(one, dict) for pair in _pairs(one.get("environment"))]


def _pairs(environment: Any) -> Iterator[tuple[str, str]]:
    """A mapping, or a list of `NAME=value`; of `${NAME:-value}` the value."""
    if isinstance(environment, Mapping):
        pairs = [(str(name), "" if value is None else str(value)) for name, value in environment.items()]
    else:
        pairs = [(name, value) for name, _, value in (str(one).partition("=") for one in environment or ())]
    yield from ((name, _GIVEN.sub(lambda found: found[1] or "", value)) for name, value in pairs)
