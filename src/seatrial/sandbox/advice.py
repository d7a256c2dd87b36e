"""What to set when a program cannot be started, told from what it printed."""

import re
from collections.abc import Collection, Mapping
from typing import NamedTuple

from seatrial.sandbox import cluster
from seatrial.sandbox.drift import absent, lacking, native
from seatrial.sandbox.pythons import BY_URL
from seatrial.sandbox.traces import COPY, libraries, own_lines, own_place, reasons

_SETTINGS = "`[app]` of `seatrial.toml`"
_SERVICES = {
    "Redis": (6379, r"redis"),
    "RabbitMQ": (5672, r"amqp|kombu|pika"),
    "MongoDB": (27017, r"pymongo|mongo"),
    "Elasticsearch": (9200, r"elastic"),
    "MySQL": (3306, r"pymysql|mysql"),
    "memcached": (11211, r"memcache"),
    "Kafka": (9092, r"kafka"),
    "PostgreSQL": (5432, r"psycopg|asyncpg|postgres"),
}
_EXTRAS = {"Redis": "redis", "PostgreSQL": "postgres"}
_REFUSED = re.compile(
    r"refused|cannot connect|could not connect|Connect call failed|No servers available"
    r"|ServerSelectionTimeoutError|NoBrokersAvailable|KafkaConnectionError|keeps the program from the service",
    re.IGNORECASE,
)
_OF_OLD = re.compile(
    r"SyntaxError: (?:Missing parentheses in call|leading zeros in decimal)"
    r"|ModuleNotFoundError: No module named '(?:urllib2|urlparse|ConfigParser|c?StringIO|httplib|Queue|cookielib)'"
    r"|NameError: name '(?:unicode|xrange|basestring|raw_input|unichr)' is not defined"
)
"""What Python 3 says of a program of Python 2."""
_SEVERAL = "SyntaxError: multiple exception types must be parenthesized"
_NAMED_SO = re.compile(r"^\s*except [\w.]+, [a-z]\w*:", re.MULTILINE)
"""What names the exception in Python 2; from 3.14 on it is another one (PEP 758)."""
_NAME = re.compile(r"^NameError: name '(\w+)' is not defined")
"""In an annotation: from Python 3.14 on it is not looked up (PEP 649)."""
_FAULTY = re.compile(
    r"(?:NameError|UnboundLocalError|SyntaxError|IndentationError|TabError):"
    r"|TypeError: .*\(\) (?:missing \d+ required|takes .* but|got an unexpected keyword)"
)
"""What a program is not told by any setting: its code is at fault."""
_NO_HOST = re.compile(r"could not translate host name|Name or service not known|nodename nor servname", re.IGNORECASE)
_ADDRESS = re.compile(r"\bhttps?://[\w.-]+(?::\d+)?")
_HOST = re.compile(r"://(?:[^/@]*@)?([\w.-]{3,})")
_EXTENSION = re.compile(r"extension \"([\w-]+)\" is not available|\b(postgis)\b", re.IGNORECASE)
_DEBIAN = {"postgis": "postgresql-postgis", "GDAL": "gdal-bin", "GEOS": "libgeos-c1v5", "libmagic": "libmagic1"}
"""What brings it on Debian and Ubuntu; extensions that are not named come with `postgresql`."""
_OF_POSTGIS = re.compile(r"type \"(?:\w+\.)?(?:geometry|geography|raster)\" does not exist|function st_\w+\(")
_OUTSIDE = re.compile(r"PermissionError: \[Errno 13\] Permission denied: '([^']+)'")
_NO_FILE = re.compile(r"FileNotFoundError: \[Errno 2\] No such file or directory: '([^']+)'")
_UNSET = re.compile(r"\b([A-Z][A-Z0-9]*_[A-Z0-9_]+)\b(?=.*(?:\bset\b|missing|required|must|empty|defined|configure))")
"""A variable that an error speaks of as one that is to be set."""
_SCHEMA = re.compile(r"schema \"(\w+)\" does not exist")
_QUOTED = re.compile(r"'([^'\s]{3,})'")
_PARTS = re.compile(r"[:/@?,]+")
_TABLE = re.compile(r"no such table: (\S+)|relation \"(\S+)\" does not exist")


class Known(NamedTuple):
    """What is known of a program that helps to say what to do."""

    made_up: Mapping[str, str] = {}
    """The settings that dummies were given for, each with its own."""
    given: Mapping[str, str] = {}
    """What its own examples set."""
    reads: Collection[str] = ()
    """The variables that it reads."""
    packages: Collection[str] = ()
    """The modules and packages of its own, by their last names."""


_NOTHING = Known()


def advice(error: str, printed: str, known: Known = _NOTHING) -> str:
    """One sentence that says what to do, by the error it ended with and all that it printed."""
    if error.startswith(_SEVERAL) and not _NAMED_SO.search(printed):
        return "It is written for Python 3.14: name one (`--python PATH`)."
    if _OF_OLD.match(error) or error.startswith(_SEVERAL):
        return f"It is written for Python 2, and trials run 3.8 and later: start it yourself, and {BY_URL}."
    if module := absent(error):
        return _of_module(module, known.packages)
    if (library := lacking(error)) and not is_of(library, known.packages):
        return (
            f"It was written for an older `{library.partition('.')[0]}` than is installed: "
            "name an interpreter whose environment has that (`--python PATH`)."
        )
    if "no application found" in error:
        return f'Name it: `target = "module:name"` in {_SETTINGS}.'
    if (unknown := _NAME.search(error)) and re.search(rf"\bdef .*[:>]\s*[^,)]*\b{unknown[1]}\b", printed):
        return f"Its annotations name `{unknown[1]}`, which type checkers alone import: use Python 3.14 (`--python`)."
    if _FAULTY.match(error) and (place := own_place(printed)):
        return f"Its own code is at fault there, whatever is set: mend {place}."
    return (
        _of_dummies(error, known)
        or _of_this_machine(error)
        or _of_services(error, printed, known)
        or _of_settings(error, printed, known)
    )


def is_of(module: str, packages: Collection[str]) -> bool:
    """Whether a module is the program's own, by its top package."""
    return module.partition(".")[0] in packages


def _of_module(name: str, packages: Collection[str]) -> str:
    """What to do where a module is not found: of a dotted name Python has found the package already."""
    package, _, last = name.rpartition(".")
    if is_of(name, packages):
        return (
            f"`{name}` belongs to the program itself, and its tree does not hold it: if it is made from a template, "
            f"name the command that does it, `setup` in {_SETTINGS}."
        )
    if not package:
        return f"Its environment lacks `{name}`: name the interpreter that has it (`--python PATH`)."
    return f"`{package}` has no module `{last}`: name the interpreter whose version has it (`--python PATH`)."


def _of_services(error: str, printed: str, known: Known) -> str:
    """What to do where another program is not here: that must be the reason, not a line on the way to it."""
    told = "" if error.startswith("SystemExit") else reasons(printed)
    reason = f"{error}\n{told or printed}"
    if _REFUSED.search(reason) and (service := _service(reason) or _service(libraries(printed) if told else printed)):
        name, port = service
        extra = _EXTRAS.get(name, "")
        first = f"install `seatrial[{extra}]`, which brings one of its own" if extra else "start one"
        if name == "PostgreSQL" and cluster.available():  # then one was started, unless the user named another
            first = "start it, or name none, and one of its own is started"
        return f"It needs {name}, and none answers at port {port}: {first}, or say in `env` of {_SETTINGS} where it is."
    if _NO_HOST.search(reason):
        return f"It looks for a service by a name that leads nowhere here: say {_where(reason, known)} where it is."
    if address := _ADDRESS.search(reason) if _REFUSED.search(reason) else None:
        return f"Nobody answers at {address[0]}, which it needs: say {_where(reason, known)} where such a service is."
    return ""


def _where(reason: str, known: Known) -> str:
    """Where the address of a service is said: in the variables that lead to what the reason speaks of, if any do."""
    hosts = {name: _HOST.search(value) for name, value in known.given.items()}
    named = [name for name, host in hosts.items() if host and host[1] in reason]
    return f"with {' and '.join(named)} in `env` of {_SETTINGS}" if named else f"in `env` of {_SETTINGS}"


def _of_dummies(error: str, known: Known) -> str:
    """What to set where the very value that was made up is what it complains of."""
    quoted = {*_QUOTED.findall(error)}
    named = [name for name, value in known.made_up.items() if value in quoted]
    return f"A dummy is not enough for {named[0]}: set it in `env` of {_SETTINGS}." if len(named) == 1 else ""


def _of_settings(error: str, printed: str, known: Known) -> str:
    """What to set."""
    if schema := _SCHEMA.search(printed):
        return f"Its database has no schema {schema[1]}: name the command that makes it, `setup` in {_SETTINGS}."
    quoted = {*_QUOTED.findall(error)}
    if given := [name for name, value in known.given.items() if "://" in value and quoted & {*_PARTS.split(value)}]:
        return f"What its examples set is only to be filled in: set {' and '.join(given)} in `env` of {_SETTINGS}."
    lines = own_lines(printed)
    where = f"{error}\n{lines}" if lines else printed
    if named := [name for name in sorted(known.made_up) if re.search(rf"\b{re.escape(name)}\b", where)]:
        return f"A dummy is not enough for {' and '.join(named)}: set it in `env` of {_SETTINGS}."
    if unset := _UNSET.search(error):
        return f"It wants {unset[1]}: set it in `env` of {_SETTINGS}."
    if read := [name for name in sorted(known.reads) if re.search(rf"\b{re.escape(name)}\b", lines)]:
        return f"It ended where it reads {' and '.join(read)}: set it in `env` of {_SETTINGS}."
    if table := _TABLE.search(printed):
        name = table[1] or table[2]
        return f"Its table {name} is not there: name the command that makes the tables, `setup` in {_SETTINGS}."
    return f"Set what it needs in {_SETTINGS}: `env`, `target`, `setup`."


def _of_this_machine(error: str) -> str:
    """What to do where something is not here that no setting makes: a part of the system, or a file."""
    if (extension := _EXTENSION.search(error)) or _OF_POSTGIS.search(error):
        name = (extension[1] or extension[2]) if extension else "postgis"
        return (
            f"Its tables want the extension {name} of PostgreSQL, which no server here brings: install one that does "
            f"(on Debian `apt-get install {_DEBIAN.get(name, 'postgresql')}`), which is then used for a server of its "
            f"own, or name a database that has it, in `env` of {_SETTINGS}."
        )
    if library := native(error):
        package = f" (on Debian `apt-get install {_DEBIAN[library]}`)" if library in _DEBIAN else ""
        return f"It needs {library}, a library of the system: install that{package}."
    if outside := _OUTSIDE.search(error):
        return f"It writes to {outside[1]}, outside of its copy: say in `env` of {_SETTINGS} where else it may."
    if file := _NO_FILE.search(error):
        name = COPY.sub("", file[1])
        return f"Its tree does not hold {name}: name the command that makes it, `setup` in {_SETTINGS}."
    return ""


def _service(printed: str) -> tuple[str, int] | None:
    """The service whose port or client library is spoken of; the port tells more."""
    by_port = (one for one, (port, _) in _SERVICES.items() if re.search(rf"\b{port}\b", printed))
    by_name = (one for one, (_, name) in _SERVICES.items() if re.search(name, printed, re.IGNORECASE))
    found = next(by_port, "") or next(by_name, "")
    return (found, _SERVICES[found][0]) if found else None
