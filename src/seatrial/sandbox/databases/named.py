"""The texts that a column may hold, where a check names them: `CHECK (status IN ('open', 'closed'))`."""

import re
from collections.abc import Iterable, Mapping, Sequence

_TEXT = r"'(?:[^']|'')*'(?:::[\w ]+)?"
_LISTED = re.compile(
    rf"""["(]*(\w+)[")]*(?:::[\w ]+)?\)*\s*(?:IN\s*\(|=\s*ANY\s*\(+ARRAY\[)\s*({_TEXT}(?:\s*,\s*{_TEXT})*)\s*[)\]]""",
    re.IGNORECASE,
)
"""As it was written, or as PostgreSQL writes it anew: `= ANY (ARRAY['open'::text, 'closed'::text])`."""
ENUMS = """
    SELECT t.relname, a.attname, array_agg(e.enumlabel::text ORDER BY e.enumsortorder)
    FROM pg_attribute a JOIN pg_class t ON t.oid = a.attrelid AND t.relkind IN ('r', 'p')
    AND pg_table_is_visible(t.oid)
    JOIN pg_enum e ON e.enumtypid = a.atttypid GROUP BY t.relname, a.attname
"""
CHECKS = """
    SELECT t.relname, array_agg(pg_get_constraintdef(c.oid)) FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid
    AND pg_table_is_visible(t.oid)
    WHERE c.contype = 'c' GROUP BY t.relname
"""
_ONE = re.compile(r"'((?:[^']|'')*)'")


def allowed(checks: Iterable[str]) -> Mapping[str, Sequence[str]]:
    """By column, the texts that the checks of a table leave to it. A negated list tells nothing."""
    found: dict[str, Sequence[str]] = {}
    for check in checks:
        for listed in _LISTED.finditer(check):
            name, texts = listed[1], listed[2]
            if name.upper() != "NOT":
                found[name] = [one.replace("''", "'") for one in _ONE.findall(texts)]
    return found
