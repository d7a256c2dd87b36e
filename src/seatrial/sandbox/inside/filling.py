"""First rows of a Django program that its operations do not make: what only its own admin site is for.

Each is made by its model, with what that asks for, and kept only if the model takes it for valid.
"""

import re

_SKIPPED = "django.contrib."
_OWNER = re.compile(r"^(user|owner|author|creator|created_by|customer|account|member)(_?(id|name))?$|^username$")
"""Texts that name whose a row is, where nothing points to a user."""


def fill(owner):
    """Makes one row of each of the program's own models that has none; `owner` is the key of a user. Gives their names.

    Models that need others come after them: two passes are enough for what is not a circle.
    """
    from django.apps import apps

    made = []
    own = [one for one in apps.get_models() if is_own(one)]
    for model in own * 2:
        if model._meta.label not in made and _made(model, owner):
            made.append(model._meta.label)
    return made


def is_own(model):
    """Whether it is a model of the program itself, with a table that it manages."""
    config = model._meta.app_config
    is_plain = model._meta.managed and not model._meta.proxy and not model._meta.swapped
    return is_plain and not model.__module__.startswith(_SKIPPED) and "site-packages" not in config.path


def _made(model, owner):
    """Whether there was none and one could be made."""
    from django.db import transaction

    try:
        with transaction.atomic():
            if model._default_manager.exists():
                return False
            row = model(**dict(_values(model, owner)))
            row.full_clean()
            row.save()
            return True
    except Exception:  # a program's own code: what it refuses to make is not made
        return False


def _values(model, owner):
    for field in model._meta.concrete_fields:
        is_left_out = field.primary_key and not field.is_relation
        if not is_left_out and not field.has_default() and not getattr(field, "auto_now", False):
            value = _related(field, owner) if field.is_relation else None if field.null else _said(field, owner)
            if value is not None:
                yield field.attname if field.is_relation else field.name, value


def _related(field, owner):
    """The key of a row that is there: of users, the owner's."""
    from django.contrib.auth import get_user_model

    if issubclass(get_user_model(), field.related_model):
        return owner
    return field.related_model._default_manager.values_list(field.target_field.attname, flat=True).first()


def _said(field, owner):
    """A value of the field's kind; the owner's name, where it names one."""
    name = _name(owner) if _OWNER.match(field.name) and not field.unique and not field.flatchoices else ""
    is_text = any(cls.__name__ in ("CharField", "TextField") for cls in type(field).__mro__)
    return name if name and is_text and len(name) <= (field.max_length or len(name)) else _plain(field)


def _name(owner):
    from django.contrib.auth import get_user_model

    found = get_user_model()._default_manager.filter(pk=owner).first() if owner is not None else None
    return found.get_username() if found is not None else ""


def _plain(field):
    """A value of the field's kind; None for kinds that are not known."""
    from django.utils import timezone

    choices = [value for value, _ in field.flatchoices or () if value not in ("", None)]
    if choices:
        return choices[0]
    values = {
        "BooleanField": True,
        "DateField": timezone.now().date(),
        "DateTimeField": timezone.now(),
        "TimeField": timezone.now().time(),
        "EmailField": "seatrial@example.org",
        "URLField": "http://127.0.0.1/seatrial",
        "SlugField": "seatrial",
        "GenericIPAddressField": "127.0.0.1",
        "DurationField": timezone.timedelta(minutes=1),
    }
    kinds = [cls.__name__ for cls in type(field).__mro__]
    known = next((values[kind] for kind in kinds if kind in values), None)
    if known is not None:
        return known
    if "CharField" in kinds or "TextField" in kinds:
        return "seatrial"[: field.max_length]
    return 1 if {"IntegerField", "FloatField", "DecimalField"} & set(kinds) else None
