"""Which columns of a users' table say what somebody may do, and that they are who they say."""

import re
from collections.abc import Iterator
from typing import Any

from seatrial.sandbox import Table

_RIGHTS = re.compile(r"^(is_)?(admin|superuser|staff|administrator|root)$", re.IGNORECASE)
_SURE = re.compile(
    r"^(is_)?(account_|email_|user_)?(active|activated|confirmed|verified|validated|enabled|approved)$", re.IGNORECASE
)
_ROLE = re.compile(r"^(role|user_?role|user_?type|type|group)$", re.IGNORECASE)


def rights(table: Table) -> Iterator[tuple[str, Any]]:
    """Each column of rights, and what it holds of somebody who may do everything."""
    for column in table.columns:
        if _RIGHTS.match(column.name):
            yield column.name, True
        elif _ROLE.match(column.name) and column.kind == "text":
            yield column.name, "admin"


def speaks_of_rights(name: str) -> bool:
    """Whether a name says that somebody may do everything, or which role they have."""
    return _RIGHTS.match(name) is not None or speaks_of_role(name)


def speaks_of_trust(column: str) -> bool:
    """Whether a column says that somebody is let in: active, confirmed, approved."""
    return _SURE.match(column) is not None


def speaks_of_role(column: str) -> bool:
    """Whether a column says which role somebody has."""
    return _ROLE.match(column) is not None
