"""Symbols: the grain at which code is reviewed, signed and explained; and how they change."""

from enum import StrEnum

import msgspec

FORMAT = "seatrialPyAst1"
"""What a symbol's digest is a digest of; goes beside each digest that leaves the program."""
FILE_FORMAT = "gitBlob"
"""The same for a file that is one symbol: its object id in a git repository with SHA-1."""
IMPORTS, MODULE, FILE = "<imports>", "<module>", "<file>"
"""Names of symbols that have none: the imports of a module, its other statements, a file that is not taken apart."""


class ChangeKind(StrEnum):
    """What happened to a symbol or, where no symbol changed, to a file; the first five leave what was said of it valid.

    `MOVED`: the same symbol in another file. `IMPORT_SET`: a module imports more or less than before. `PRAGMA`: what
    tools or people are told changed (`# noqa`, hidden characters, docstrings that the program shows). `SIGNATURE`:
    what others call or store changed, whether or not the rest did; `SYMBOL`: only the rest did.
    """

    NO_CHANGE = "no-change"
    REFORMAT = "reformat"
    COMMENT = "comment"
    IMPORT_ORDER = "import-order"
    MOVED = "moved"
    IMPORT_SET = "import-set"
    PRAGMA = "pragma"
    SYMBOL = "symbol"
    SIGNATURE = "signature"
    ADDED = "added"
    REMOVED = "removed"


class Symbol(msgspec.Struct, frozen=True):
    """A function, a method, a class without its methods, the imports or the other statements of a module, or a file.

    `path` is relative to the root, with `/`; `name` is dotted (`Class.method`; the second of the same name in the same
    place is `Class.method@2`) or one of `IMPORTS`, `MODULE` and `FILE`. The lines (1-based) span the symbol with its
    decorators. Digests are in hex.
    """

    path: str
    name: str
    digest: str
    """What it does (format `FORMAT`, or `FILE_FORMAT` for `FILE`): SHA-256, the same wherever it lies."""
    line: int
    end_line: int
    signature: str = ""
    """What others rely on: parameters, fields, bases, decorators; empty if it is private."""
    pragmas: str = ""
    """What it tells tools, people and the program's users beside its code; empty if nothing."""

    @property
    def format(self) -> str:
        """What the digest is a digest of."""
        return FILE_FORMAT if self.name == FILE else FORMAT


class Change(msgspec.Struct, frozen=True):
    """What happened to a symbol; to a whole file if `name` is empty. `path` and `name` are the newer ones."""

    kind: ChangeKind
    path: str
    name: str = ""
    before: Symbol | None = None
    after: Symbol | None = None
