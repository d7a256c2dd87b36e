"""What the columns of a program's tables are given where it says nothing: by SQLAlchemy, beside the database."""

import datetime as dt
import decimal
import enum
import sys
import uuid


def defaults():
    """By table, then by column: the value, as JSON can hold it, and the labels that it is one of, if it is."""
    found = {}
    for table in _tables():
        said = {column.name: _said(column) for column in table.columns}
        found[table.name] = {name: one for name, one in said.items() if one["value"] is not None or one["labels"]}
    return found


def _tables():
    """Those of every class that is mapped, in the order of their names."""
    mapping = sys.modules.get("sqlalchemy.orm.mapper")
    registries = getattr(mapping, "_all_registries", set)()
    tables = {one.local_table for registry in registries for one in registry.mappers}
    return sorted((one for one in tables if hasattr(one, "columns") and hasattr(one, "name")), key=lambda one: one.name)


def _said(column):
    labels = list(getattr(column.type, "enums", None) or ())
    default = column.default
    is_of_the_database = getattr(default, "is_sequence", False) or getattr(default, "is_clause_element", False)
    value = None
    if default is not None and not is_of_the_database:
        try:
            value = default.arg(None) if default.is_callable else default.arg
        except Exception:  # a program's own code
            value = None
    return {"value": _plain(value, labels), "labels": labels}


def _plain(value, labels):
    if isinstance(value, enum.Enum):
        return value.name if labels and value.name in labels else value.value
    if isinstance(value, (dt.datetime, dt.date)):
        return value.isoformat(" ") if isinstance(value, dt.datetime) else value.isoformat()
    if isinstance(value, (uuid.UUID, decimal.Decimal)):
        return str(value)
    return value if isinstance(value, (str, int, float, bool, list, dict)) else None
