"""Environment variables that the program reads, as its source tells."""

import ast
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from seatrial.sandbox.texts import texts

_READ = re.compile(
    r"(?:environ(?:\.get)?\s*[\[(]|getenv\(|\benv(?:\.str)?\(|config\()\s*[\"'](?P<name>[A-Z][A-Z0-9_]{2,})[\"']"
)
_FIELD = re.compile(
    r"^[ \t]+(?P<name>[A-Za-z][A-Za-z0-9_]*)\s*:\s*(?:Optional\[)?(?P<kind>str|SecretStr|bool|\w*Dsn|\w*Url)\b",
    re.MULTILINE,
)
"""A field of a settings class, which such classes fill from the environment."""
_LEFT_OPEN = re.compile(
    r"^[ \t]+(?P<name>[A-Za-z]\w*)\s*:[^=\n]*(?:\bNone\b|\bOptional\[)[^=\n]*=\s*"
    r"(?:Field\(\s*(?:default\s*=\s*)?)?None\b",
    re.MULTILINE,
)
"""A field that may be left unset: what it is given must then be right, and nobody knows what that is."""
_MADE_UP = re.compile(r"\bsecrets\.|\burandom\(|\buuid4\(|\btoken_(?:urlsafe|hex|bytes)\(|\bgenerate_key\(")
"""A module that makes secrets up itself: each worker would have another."""
_OPTIONAL = re.compile(
    r"(?:environ\.(?:get|setdefault|pop)|getenv)\(\s*[\"'](\w+)[\"']|[\"'](\w+)[\"'] (?:not )?in (?:os\.)?environ\b"
)
"""Variables that it asks for, and does without where they are not set."""
_SECRET = re.compile(r"SECRET|SALT|SIGNING|(?<!PUBLIC_)KEY$|PASSWORD|TOKEN$")
_NONE = re.compile(r"(?:DIR|PATH|FILE|NAME|URL|URI|ID|LENGTH|MINUTES|HOURS|DAYS|SECONDS|ALGORITHM)$")
"""It speaks of a secret and is none."""
_OTHERS = frozenset({"tests", "test", "docs", "site-packages", "node_modules"})
_PREFIX = re.compile(r"env_prefix\s*=\s*[\"'](\w+)[\"']|[\"']env_prefix[\"']\s*:\s*[\"'](\w+)[\"']")
DUMMY = "seatrial-dummy-of-sufficient-length-0123456789"


_BEGINS = re.compile(r"\b([A-Za-z]\w{2,})\)?\.startswith\(\s*\(?\s*[\"']([^\"'\s]{2,20})[\"']")
"""What a value is to begin with, as code looks whether it does."""
_TAKEN = re.compile(r"\b(\w+)\s*=\s*(?:os\.)?(?:getenv\(|environ(?:\.get\(|\[))\s*[\"'](\w+)[\"']")


class Variables(NamedTuple):
    """What the program reads from its environment."""

    names: tuple[str, ...]
    prefixes: tuple[str, ...]
    """What its classes of settings put before the names of their fields."""
    flags: frozenset[str] = frozenset()
    """Those that are true or false."""
    required: frozenset[str] = frozenset()
    """Those that it does without nowhere, be it only when it is asked something."""
    left_open: frozenset[str] = frozenset()
    """Those that its classes of settings leave unset."""
    begins: Mapping[str, str] = {}
    """What keys are to begin with, by the code that looks at them."""

    @property
    def secrets(self) -> Mapping[str, str]:
        """A dummy for every secret.

        A program often makes one up when there is none: each worker then has its own, and none accepts another's
        tokens.
        """
        named = (name for name in self.names if _SECRET.search(name) and not _NONE.search(name))
        return {name: self.begins.get(name, "") + DUMMY for name in named if name not in self.flags | self.left_open}

    def is_open(self, name: str) -> bool:
        """Whether it is a secret that may be left unset: what an example says of it is only to be filled in."""
        return name in self.left_open and _SECRET.search(name) is not None


def variables(root: Path) -> Variables:
    """The variables that the program at `root` reads."""
    names: dict[str, None] = {}
    prefixes: dict[str, None] = {}
    kinds: dict[str, str] = {}
    required: set[str] = set()
    optional: set[str] = set()
    open_fields: set[str] = set()
    asked: set[str] = set()
    begins: dict[str, str] = {}
    for _, text in texts(root, (".py",), _OTHERS):
        read = dict.fromkeys(_READ.findall(text))
        asked.update(read)
        names.update(read)
        prefixes.update(dict.fromkeys(one or other for one, other in _PREFIX.findall(text)))
        if "environ[" in text:
            required.update(_required(text))
        begins.update(_begun(text))
        optional.update(one or other for one, other in _OPTIONAL.findall(text))
        if "BaseSettings" in text:
            fields = {found["name"].upper(): found["kind"] for found in _FIELD.finditer(text)}
            left = set() if _MADE_UP.search(text) else {name.upper() for name in _LEFT_OPEN.findall(text)}
            names.update(dict.fromkeys(fields))
            kinds.update(fields)
            open_fields.update(left)
            asked.update(fields.keys() - left)
    flags = frozenset(n for n, kind in kinds.items() if kind == "bool")
    return Variables(
        tuple(names), tuple(prefixes), flags, frozenset(required - optional), frozenset(open_fields - asked), begins
    )


def _begun(text: str) -> Iterator[tuple[str, str]]:
    """What keys are to begin with, by their variables: those themselves, and what names were given that are tested."""
    tested = {name.upper(): said for name, said in _BEGINS.findall(text) if _SECRET.search(name.upper())}
    yield from tested.items()
    for given, name in _TAKEN.findall(text) if tested else ():
        if given.upper() in tested:
            yield name, tested[given.upper()]


def _required(text: str) -> Iterator[str]:
    """The variables that a module reads with no way out: `os.environ[...]`, and no `try` around it."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError):
        return
    bodies = [part for node in ast.walk(tree) if isinstance(node, ast.Try) for part in node.body]
    tried = {id(inner) for part in bodies for inner in ast.walk(part)}
    for node in ast.walk(tree):
        match node:
            case ast.Subscript(
                ast.Attribute(attr="environ") | ast.Name("environ"), ast.Constant(str(name)), ast.Load()
            ) if name.isupper() and id(node) not in tried:
                yield name
