"""Users: the class of the program that stands for people who log in, where Django lets a program bring its own.

https://docs.djangoproject.com/en/5.2/topics/auth/customizing/#substituting-a-custom-user-model
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from seatrial.model import facts as f
from seatrial.model.source import Role

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from seatrial.program.parts import Class, File
    from seatrial.program.types import Types

USER = "django.contrib.auth.models.User"
GETTER = "django.contrib.auth.get_user_model"
SETTING = "AUTH_USER_MODEL"


def user_class(types: Types, files: Sequence[File]) -> Class | None:
    """The model that the setting names, else the one class that derives from Django's; None: Django's own is used."""
    if types.models.type(USER) is None:
        return None
    classes = [cls for file in files if file.role is Role.CODE for cls in file.classes]
    for setting in _settings(files):
        app, _, name = setting.rpartition(".")
        found = [cls for cls in classes if cls.name == name]
        near = [cls for cls in found if app in cls.file.module.split(".")]
        if near or found:
            return (near or found)[0]
    own = [cls for cls in classes if types.class_derives(cls, USER) and not _is_abstract(cls)]
    return own[0] if len(own) == 1 else None


def _settings(files: Iterable[File]) -> Iterator[str]:
    for file in files:
        if file.role is Role.TEST or SETTING not in file.body.facts.names:
            continue
        for step in file.body.values:
            if type(step) is f.Store and step.name == SETTING and step.value >= 0:
                held = file.body.values[step.value]
                if type(held) is f.Const and isinstance(held.value, str):
                    yield held.value


def _is_abstract(cls: Class) -> bool:
    """`abstract = True` in its `Meta`."""
    inner = (c for c in cls.file.classes if c.facts.parent == cls.facts.body and c.name == "Meta")
    return any(type(step) is f.Store and step.name == "abstract" for meta in inner for step in meta.body.values)
