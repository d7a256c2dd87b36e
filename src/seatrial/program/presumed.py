"""Presumed bases: what a base class from a library that nobody modelled is taken for, by the convention of its name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seatrial.model import facts as f

if TYPE_CHECKING:
    from seatrial.libraries import Models
    from seatrial.program.parts import Class

_BY_SUFFIX = (
    ("Manager", "django.db.models.Manager"),
    ("QuerySet", "django.db.models.QuerySet"),
    ("Queryset", "django.db.models.QuerySet"),
    ("View", "django.views.generic.View"),
    ("ModelSerializer", "rest_framework.ModelSerializer"),
    ("ModelViewSet", "rest_framework.ModelViewSet"),
)
_MODEL = "django.db.models.Model"
_FIELD = "django.db.models."


def presumed(models: Models, cls: Class, base: str) -> str:
    """The modelled class that an unknown base probably derives from; empty if there is no reason to think so.

    A class is presumed to be a table's if its body declares fields of one.
    """
    if models.type(base) is not None or models.type(_MODEL) is None:
        return ""
    name = base.rpartition(".")[2]
    for suffix, known in _BY_SUFFIX:
        if name.endswith(suffix) and models.type(known) is not None:
            return known
    return _MODEL if _declares_fields(cls) else ""


def _declares_fields(cls: Class) -> bool:
    return any(
        type(step) is f.Call and step.callee.startswith(_FIELD) and step.callee.endswith(("Field", "ForeignKey"))
        for step in cls.body.values
    )
