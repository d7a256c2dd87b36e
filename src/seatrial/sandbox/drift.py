"""What to install differently when a program does not start with what it asked for: it asked for too little.

Requirements without a version mean those of their time: the newest may no longer have what the program uses.
"""

import re
import subprocess
from collections.abc import Iterable, Iterator
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from seatrial.sandbox import needs
from seatrial.sandbox.connections import DRIVERS
from seatrial.sandbox.imported import brought_by
from seatrial.sandbox.requirement_lines import required

_GONE = re.compile(
    r"cannot import name '\w+' from '([\w.]+)'|module '([\w.]+)' has no attribute '\w+'|No module named '(\w+)\.[\w.]+'"
)
_ABSENT = re.compile(r"No module named '([\w.]+)'")
_KNOWN = (
    (
        re.compile(
            r"^PydanticImportError|^PydanticUserError: [^\n]*(?:removed|`@?root_validator|non-annotated|`each_item)"
        ),
        "pydantic<2",
    ),
    (re.compile(r"'Flask' object has no attribute '(?:before_first_request|session_cookie_name)'"), "flask<2.3"),
    (re.compile(r"'Engine' object has no attribute 'execute'"), "sqlalchemy<2"),
    (re.compile(r"compiled using NumPy 1\.x|numpy\.dtype size changed|_ARRAY_API not found"), "numpy<2"),
    (re.compile(r"AccountMiddleware must be added to settings"), "django-allauth<0.56"),
    (re.compile(r"Client\.__init__\(\) got an unexpected keyword argument 'proxies'"), "httpx<0.28"),
    (re.compile(r"Field\.__init__\(\) got an unexpected keyword argument '(?:missing|default)'"), "marshmallow<4"),
    (re.compile(r'"python-multipart" to be installed'), "python-multipart"),
    (re.compile(r"email-validator is not installed"), "email-validator"),
    (re.compile(r"^AssertionError: jinja2 must be installed"), "jinja2"),
    (re.compile(r"^TypeError: issubclass\(\) arg 1 must be a class"), "typing-extensions<4.6"),  # with pydantic 1
    (re.compile(r"database connection isn't set to UTC"), "psycopg2-binary<2.9"),
    (re.compile(r"greenlet' library is (?:installed|required)|No module named 'greenlet'"), "greenlet"),
    (re.compile(r"no pq wrapper available"), "psycopg-binary"),  # which brings the library that the machine lacks
)
"""What libraries say of others that are missing, or too new for them."""
_GONE_FROM_PYTHON = (
    (
        "3.9",  # the last that psycopg2 2.8 was built for, which Django before 3.1 wants
        re.compile(
            r"database connection isn't set to UTC|"
            r"cannot import name '\w+' from 'collections' |module 'collections' has no attribute|"
            r"'(?:getargspec|formatargspec)'|"
            r"'asyncio' has no attribute '(?:coroutine|async)'|name 'gcd' from 'fractions'"
        ),
    ),
    ("3.11", re.compile(r"No module named '(?:distutils|imp|asyncore|asynchat|smtpd)\b")),
    ("3.12", re.compile(r"No module named '(?:cgi|cgitb|crypt|telnetlib|pipes|imghdr|sndhdr|nntplib|audioop)\b")),
)
_NEW_TO_PYTHON = re.compile(
    r"^SyntaxError: (?!Missing parentheses|multiple exception types)|"
    r"cannot import name '\w+' from '(?:typing|enum|datetime|asyncio|itertools|contextlib|dataclasses|warnings|types)'|"
    r"No module named '(?:tomllib|zoneinfo|graphlib)'|'type' object is not subscriptable|"
    r"unsupported operand type\(s\) for \|: '(?:type|_GenericAlias|NoneType)'"
)
_DIALECT = "/sqlalchemy/dialects/postgresql/psycopg.py"
"""The driver that SQLAlchemy takes from 2.1 on where an address names none; before it was psycopg2."""
_APART = {("passlib", "bcrypt"): "bcrypt<5"}
"""Libraries, and the version of the second from which on the first fails with it, though it does not say so."""
_NATIVE = re.compile(
    r"(?:cannot load library '?|loading shared libraries: |^\w*Error: )(lib[\w+.-]+)|find the (GDAL|GEOS)\b"
    r"|(\w+) shared library not found|[Ff]ind (\w+) shared library|[Ff](?:ailed to|ind) find (lib\w+)",
    re.MULTILINE,
)
_ODDS = re.compile(r"(?:Type|Value|Attribute|Import)Error: ")
_FRAME = re.compile(r'^  File "([^"]+)"', re.MULTILINE)
_LIBRARY = re.compile(r"/site-packages/(\w+)")
_NAMES = {"yaml": "pyyaml", "jwt": "pyjwt", "PIL": "pillow", "MySQLdb": "mysqlclient", "bs4": "beautifulsoup4"}
_TOOLS = {
    "pkg_resources": "setuptools<81",
    "packaging": "packaging",
    "aiosqlite": "aiosqlite",  # which takes the place of a MySQL that is not here
    "six": "six",
    "pytz": "pytz",
    "typing_extensions": "typing-extensions",
}
"""What an environment once had without being asked: libraries forget to name it."""
_VITAL = frozenset({"", "django", "fastapi", "flask", "starlette", "sqlalchemy", "pydantic", *DRIVERS})
_VERSIONS = """
import sys
from importlib.metadata import PackageNotFoundError, version
for name in sys.argv[1:]:
    try:
        print(name, version(name))
    except PackageNotFoundError:
        pass
"""
_OF = """
import sys
from importlib.metadata import distributions
for one in distributions():
    tops = (one.read_text("top_level.txt") or "").split()
    tops += [str(file).partition("/")[0].partition(".")[0] for file in one.files or ()]
    if sys.argv[1] in tops:
        print(one.metadata["Name"], one.version)
        break
"""


def absent(error: str) -> str:
    """The module that an error does not find, dotted; empty if it is another error."""
    found = _ABSENT.search(error)
    return found[1] if found else ""


def lacking(error: str) -> str:
    """The module, dotted, that was found and lacks what an error names; empty if it is another error."""
    found = _GONE.search(error)
    return next(filter(None, found.groups())) if found else ""


def mend(error: str, trace: str, python: Path, home: Path) -> str:
    """A requirement that may help against the error that a program ended with, by its trace; empty if none is known.

    What is missing is installed only if the program's own files name it somewhere, or everybody means the same by its
    name: a name alone may be anybody's.
    """
    if known := next((requirement for said, requirement in _KNOWN if said.search(error)), ""):
        return known
    missing = absent(error)
    if "." in missing and (shared := brought_by(missing)) != brought_by(missing.partition(".")[0]):
        return shared
    if module := lacking(error):
        return _older(python, module.partition(".")[0])
    if not missing:
        return _older(python, at_odds(trace)) if _ODDS.match(error) else ""
    if missing == "psycopg" and _DIALECT in trace and any(one.startswith("psycopg2") for one in needs.plain(home)):
        return "sqlalchemy<2.1"
    named = _TOOLS.get(missing) or next(_named(missing, needs.elsewhere(home)), "")
    return named or brought_by(missing)


def native(error: str) -> str:
    """The library of the system that an error misses; empty if it is another error."""
    found = _NATIVE.search(error)
    return next(filter(None, found.groups())) if found else ""


def unloadable(error: str, trace: str) -> str:
    """The package that cannot be loaded for want of a library of the system; empty if it is another error.

    Empty also if nothing works without the package.
    """
    frames = _FRAME.findall(trace)
    found = _LIBRARY.search(frames[-1]) if frames and native(error) else None
    return found[1] if found and found[1] not in _VITAL else ""


def without(error: str, lost: Iterable[str]) -> str:
    """The module, by its top package, that an error misses because none of the `lost` requirements can be had.

    Empty if it is another error, or nothing works without the module.
    """
    module = absent(error).partition(".")[0]
    return module if module not in _VITAL and any(_named(module, lost)) else ""


def strange(error: str, trace: str, doubtful: Iterable[str]) -> str:
    """The module that is something else of the name than the program asks for: the error came out of it, or of asking.

    Only one of the `doubtful` requirements can be; empty if none is.
    """
    frames = _FRAME.findall(trace)
    out_of = _LIBRARY.search(frames[-1]) if frames else None
    asked = {(absent(error) or lacking(error)).partition(".")[0], out_of[1] if out_of else ""} - _VITAL
    names = list(doubtful)
    return next((module for module in sorted(asked) if any(_named(module, names))), "")


def has_moved(error: str, trace: str) -> bool:
    """Whether a program seems to be written for older libraries than it runs with."""
    known = any(said.search(error) for said, requirement in _KNOWN if "<" in requirement)
    return known or bool(lacking(error)) or bool(_ODDS.match(error) and at_odds(trace))


def apart(python: Path) -> list[str]:
    """What to install so that libraries which are installed fit together: they fail only when they are used."""
    found = versions(python, sorted({name for pair in _APART for name in pair}))
    wanted = [(found[pair[1]], Requirement(one)) for pair, one in _APART.items() if {*pair} <= found.keys()]
    return [str(one) for version, one in wanted if not one.specifier.contains(version)]


def versions(python: Path, names: Iterable[str]) -> dict[str, str]:
    """The versions of the distributions that are installed, of those named."""
    done = subprocess.run([str(python), "-c", _VERSIONS, *names], capture_output=True, text=True, check=False)  # noqa: S603 -- our own code
    return dict(line.split() for line in done.stdout.splitlines())


def newest_python(error: str) -> str:
    """The newest Python that still had what an error misses of the standard library, as `3.9`; empty if it is no such.

    Source: "What's New in Python", 3.10 to 3.13, under "Removed".
    """
    return next((version for version, gone in _GONE_FROM_PYTHON if gone.search(error)), "")


def wants_newer_python(error: str) -> bool:
    """Whether a program seems to be written for a newer Python: in its syntax, or in what it takes of the library."""
    return _NEW_TO_PYTHON.search(error) is not None


def at_odds(trace: str) -> str:
    """The library that an error came out of, if it was another that called it; empty if the program itself did."""
    frames = _FRAME.findall(trace)
    if not frames or not (own := _LIBRARY.search(frames[-1])):
        return ""
    before = next((frame for frame in reversed(frames) if f"/site-packages/{own[1]}" not in frame), "")
    return own[1] if _LIBRARY.search(before) else ""


def _older(python: Path, module: str) -> str:
    """The distribution that has the module, before its present major version; empty if there is none.

    Of what is at its first major version, before its minor one: there was nothing useful before the first.
    """
    done = subprocess.run([str(python), "-c", _OF, module], capture_output=True, text=True, check=False)  # noqa: S603 -- our own code
    name, _, version = done.stdout.strip().partition(" ")
    numbers = re.match(r"(\d+)(?:\.(\d+))?", version)
    if not name or numbers is None:
        return ""
    major, minor = int(numbers[1]), int(numbers[2] or 0)
    return f"{name}<{major}" if major > 1 else f"{name}<{major}.{minor}"


def _named(module: str, requirements: Iterable[str]) -> Iterator[str]:
    """Those of the requirements whose name speaks of the module, the likeliest first."""
    plain = canonicalize_name(_NAMES.get(module, module)).replace("-", "")
    named = {one: required(one).replace("-", "") for one in requirements}
    yield from (one for one, name in named.items() if name == plain)
    yield from (one for one, name in named.items() if plain in name and len(plain) > 3)
