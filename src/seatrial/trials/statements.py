"""What kind of statement a SQL text is, and which table it locks rows of."""

import re

_START = r"(?:\s|--[^\n]*\n|/\*.*?\*/)*"
"""What may stand before a statement: comments say where it comes from."""
_WRITE = re.compile(
    _START + r"(?:(INSERT|UPDATE|DELETE|REPLACE|MERGE)\b|WITH\b.*\b(INSERT\s+INTO|UPDATE|DELETE\s+FROM)\b)",
    re.IGNORECASE | re.DOTALL,
)
_TAKES = re.compile(_START + r"(DELETE|DROP|TRUNCATE)\b", re.IGNORECASE | re.DOTALL)
_ADDS = re.compile(_START + r"(?:INSERT|REPLACE)\b", re.IGNORECASE)
_READ = re.compile(_START + r"(SELECT|WITH)\b.*\bFROM\b", re.IGNORECASE | re.DOTALL)
_NAME = r"(?:ONLY\s+)?(?:\"?\w+\"?\.)?\"?(?P<table>\w+)"
_LOCKS = (
    re.compile(rf"\s*UPDATE\s+{_NAME}", re.IGNORECASE),
    re.compile(rf"\s*DELETE\s+FROM\s+{_NAME}", re.IGNORECASE),
    re.compile(
        rf"\s*SELECT\b.*?\bFROM\s+{_NAME}.*\bFOR\s+(?:NO\s+KEY\s+)?(?:UPDATE|SHARE|KEY\s+SHARE)\b",
        re.IGNORECASE | re.DOTALL,
    ),
)
_TABLES = re.compile(rf"\b(?:FROM|JOIN|INTO|UPDATE)\s+{_NAME}", re.IGNORECASE)
_VALUE = re.compile(r"%\(\w+\)s|%s|\$\d+|\?|(?<!:):[a-z_]\w*|'(?:[^']|'')*'|\b\d+(?:\.\d+)?\b")
_SHORT = 72


def is_write(sql: str) -> bool:
    """Whether it changes rows."""
    return _WRITE.match(sql) is not None


def takes_away(sql: str) -> bool:
    """Whether it removes rows or tables."""
    return _TAKES.match(sql) is not None


def adds(sql: str) -> bool:
    """Whether it adds rows."""
    return _ADDS.match(sql) is not None


def is_read(sql: str) -> bool:
    """Whether it reads rows of some table."""
    return not is_write(sql) and _READ.match(sql) is not None


def locked(sql: str) -> str:
    """The table whose rows it locks; empty if it locks none that are there already."""
    return next((found["table"].lower() for pattern in _LOCKS if (found := pattern.match(sql))), "")


def tables(sql: str) -> frozenset[str]:
    """The tables that it reads or writes."""
    return frozenset(found["table"].lower() for found in _TABLES.finditer(sql))


def same(one: str, other: str) -> bool:
    """Whether two texts are one statement: a driver's own places for values, and values in the text, do not count."""
    return bare(one) == bare(other)


def bare(sql: str) -> str:
    """The text without its values."""
    return " ".join(_VALUE.sub("?", sql).split()).rstrip("; ")


def short(sql: str) -> str:
    """The text on one line, its middle left out where it is long."""
    line = " ".join(sql.split())
    half = (_SHORT - 3) // 2
    return line if len(line) <= _SHORT else f"{line[:half]} … {line[-half:]}"
