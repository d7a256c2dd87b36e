"""Read `setup.cfg` and the literals of `setup.py`, which is parsed and never run."""

import ast
import configparser
import re

from msgspec.structs import replace
from packaging.utils import canonicalize_name

from seatrial.program.manifests.nouns import Use
from seatrial.program.manifests.reading import Lines, Reading, Slot
from seatrial.program.manifests.requirements_txt import DEVELOPMENT_WORDS, logical_lines, words

_LARGEST = 1_000_000
"""Characters of `setup.py` that are parsed at most."""
_TOX_NAME = re.compile(r"(?:[\w.,{}!-]+:\s+)?(?P<name>[A-Za-z0-9][\w.-]*)\s*(?:[\[<>=!~;@]|\Z)")
"""A requirement, perhaps only for environments of a name: `benchmark: pyperf>=2`."""
_TOOLS = ("setuptools", "distutils", "skbuild")


def extra_use(name: str) -> Use:
    """An extra called `dev` or `test` serves development."""
    return Use.DEVELOPMENT if words(name) & DEVELOPMENT_WORDS else Use.EXTRA


def read_cfg(path: str, text: str) -> Reading:
    """What a `setup.cfg` says: https://setuptools.pypa.io/en/stable/userguide/declarative_config.html."""
    reading, parser = Reading(path), _ini(text)
    if isinstance(parser, str):
        reading.gap(0, parser)
        return reading
    lines = Lines(text)
    reading.distribution = canonicalize_name(parser.get("metadata", "name", fallback=""))
    reading.declares = parser.has_option("options", "install_requires")
    reading.published = parser.has_option("metadata", "classifiers")
    listed = parser.get("options", "install_requires", fallback="")
    _list(reading, listed, lines, ("[options]", "install_requires"), Slot(0))
    if python := parser.get("options", "python_requires", fallback=""):
        reading.requires_python = reading.specifier(python, lines.find("python_requires"))
    for key in ("setup_requires", "tests_require"):
        use = Use.BUILD if key == "setup_requires" else Use.DEVELOPMENT
        _list(reading, parser.get("options", key, fallback=""), lines, ("[options]", key), Slot(0, use))
    section = "options.extras_require"
    for extra, listed in parser.items(section) if parser.has_section(section) else ():
        _list(reading, listed or "", lines, (f"[{section}]", extra), Slot(0, extra_use(extra), extra))
    return reading


def _ini(text: str) -> configparser.RawConfigParser | str:
    """The sections of an INI file, or why it is none."""
    parser = configparser.RawConfigParser(strict=False)
    try:
        parser.read_string(text)
    except configparser.Error as error:
        return f"not an INI file: {str(error).splitlines()[0]}"
    return parser


def _list(reading: Reading, listed: str, lines: Lines, place: tuple[str, str], slot: Slot) -> None:
    for _, item in logical_lines(listed.replace(";\n", "\n")):
        if item.startswith(("file:", "attr:")):
            reading.computed, reading.declares = True, False
        else:
            reading.add(item, replace(slot, line=lines.find(*place, item)))


def read_tox(path: str, text: str) -> Reading:
    """The names that the environments of a `tox.ini` install: https://tox.wiki/en/latest/config.html#deps.

    Not their versions: an environment is for trying others.
    """
    reading, parser = Reading(path), _ini(text)
    if isinstance(parser, str):
        reading.gap(0, parser)
        return reading
    lines = Lines(text)
    for section in parser.sections():
        for _, item in logical_lines(parser.get(section, "deps", fallback="")):
            name = _TOX_NAME.match(item)
            if name:
                slot = Slot(lines.find(f"[{section}]", "deps", item), Use.DEVELOPMENT, section)
                reading.keep(name["name"], slot)
    return reading


def read_py(path: str, text: str) -> Reading:
    """What the call of `setup()` says in literals (also through top-level variables); anything else is computed."""
    reading = Reading(path)
    if "setup(" not in text or not any(tool in text for tool in _TOOLS):
        return reading  # a module of that name
    try:
        tree = ast.parse(text[:_LARGEST])
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        reading.gap(getattr(error, "lineno", 0) or 0, f"setup.py is not Python: {type(error).__name__}")
        reading.computed = True
        return reading
    for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call) and _called(node) == "setup"):
        _setup(reading, call, _constants(tree))
    return reading


def _called(call: ast.Call) -> str:
    return call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")


def _constants(tree: ast.Module) -> dict[str, ast.expr]:
    """What top-level names are assigned, with what is added to lists later, under whatever condition."""
    found: dict[str, ast.expr] = {}
    for node in tree.body:
        if isinstance(node, ast.Assign):
            found.update({target.id: node.value for target in node.targets if isinstance(target, ast.Name)})
    for place in ast.walk(tree):
        name, added = _added(place)
        held = found.get(name)
        if isinstance(held, ast.List | ast.Tuple) and added is not None:
            more = _look_up(added, found)
            parts = more.elts if isinstance(more, ast.List | ast.Tuple) else [more]
            found[name] = ast.copy_location(ast.List([*held.elts, *parts], ast.Load()), held)
        elif held is not None and added is not None:
            del found[name]
    return found


def _added(node: ast.AST) -> tuple[str, ast.expr | None]:
    """The name of a list and what is put at its end: `NEEDS += […]`, `NEEDS.extend(…)`, `NEEDS.append(…)`."""
    match node:
        case ast.AugAssign(target=ast.Name(id=name), value=value):
            return name, value
        case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr="extend" | "append"), args=[value]):
            return name, value
        case _:
            return "", None


def _setup(reading: Reading, call: ast.Call, constants: dict[str, ast.expr]) -> None:
    given = {keyword.arg: _look_up(keyword.value, constants) for keyword in call.keywords if keyword.arg}
    if any(keyword.arg is None for keyword in call.keywords):
        reading.computed = True
    reading.published = "classifiers" in given
    name = given.get("name")
    if isinstance(name, ast.Constant) and isinstance(name.value, str):
        reading.distribution = canonicalize_name(name.value)
    python = given.get("python_requires")
    if isinstance(python, ast.Constant) and isinstance(python.value, str):
        reading.requires_python = reading.specifier(python.value, python.lineno)
    if "install_requires" in given:
        reading.declares = _items(reading, given["install_requires"], constants, Slot(0))
        reading.computed = reading.computed or not reading.declares
    for key, use in (("setup_requires", Use.BUILD), ("tests_require", Use.DEVELOPMENT)):
        if key in given:
            _items(reading, given[key], constants, Slot(0, use))
    extras = given.get("extras_require")
    if isinstance(extras, ast.Dict):
        for key_node, value in zip(extras.keys, extras.values, strict=True):
            extra = str(key_node.value) if isinstance(key_node, ast.Constant) else ""
            _items(reading, _look_up(value, constants), constants, Slot(0, extra_use(extra), extra))


def _look_up(node: ast.expr, constants: dict[str, ast.expr]) -> ast.expr:
    return constants.get(node.id, node) if isinstance(node, ast.Name) else node


def _items(reading: Reading, node: ast.expr, constants: dict[str, ast.expr], slot: Slot) -> bool:
    """Read a literal list of requirements; False if some of it is computed."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        for offset, item in logical_lines(node.value):
            reading.add(item, replace(slot, line=node.lineno + offset - 1))
        return True
    if isinstance(node, ast.List | ast.Tuple):
        read = [_items(reading, _look_up(one, constants), {}, slot) for one in node.elts]
        return all(read)
    return False
