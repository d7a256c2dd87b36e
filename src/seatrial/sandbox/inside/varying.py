"""Copies of a Django program's rows in states that none of its rows is in, each made and checked by its model.

A state is a value that a column names: a truth, or one of its choices.
"""

import copy

from . import filling

_MOST = 4
"""Values of a column that are made."""
_ALL = 8
"""Copies of one table."""


def vary(owner, tables):
    """Makes copies of the newest row of each of these tables, of the owner's if there is one.

    Gives of each its table and key, and the column with the value; and whether the admin site sets that alone.
    """
    from django.apps import apps
    from django.contrib.auth import get_user_model

    own = [one for one in apps.get_models() if filling.is_own(one) and one._meta.db_table in tables]
    made = []
    for model in own:
        if model is not get_user_model() and not model._meta.parents:
            made.extend(_copies(model, owner)[:_ALL])
    return made


def _copies(model, owner):
    row = _newest(model, owner)
    fields = [one for one in model._meta.concrete_fields if not (one.primary_key or one.unique)]
    missing = [(field, value) for field in fields for value in _missing(model, field)] if row is not None else []
    made = ((field, value, _copied(row, field, value)) for field, value in missing[:_ALL])
    return [
        {
            "table": model._meta.db_table,
            "key": _stored(model._meta.pk, one.pk),
            "column": field.column,
            "value": value,
            "is_set": _is_set(model, field.name),
        }
        for field, value, one in made
        if one is not None
    ]


def _newest(model, owner):
    from django.contrib.auth import get_user_model

    rows = model._default_manager.order_by("-pk")
    for field in model._meta.concrete_fields:
        if field.is_relation and issubclass(get_user_model(), field.related_model):
            own = rows.filter(**{field.name: owner}).first()
            if own is not None:
                return own
    return rows.first()


def _missing(model, field):
    """Values that the field names and no row has."""
    truths = (True, False) if type(field).__name__ in ("BooleanField", "NullBooleanField") else ()
    named = [value for value, _ in field.flatchoices or () if value not in ("", None)] or truths
    there = set(model._default_manager.values_list(field.attname, flat=True)) if named else set()
    return [value for value in named if isinstance(value, (bool, int, str)) and value not in there][:_MOST]


def _copied(row, field, value):
    """A copy of the row with the value; None if its model refuses it."""
    from django.db import transaction

    made = copy.copy(row)
    made._state = copy.copy(row._state)
    made._state.adding, made.pk = True, None
    try:
        with transaction.atomic():
            for one in made._meta.concrete_fields:
                if one.primary_key and one.has_default():
                    made.pk = one.get_default()
                elif one.unique and not one.primary_key:
                    setattr(made, one.attname, _another(one, getattr(row, one.attname), value))
            setattr(made, field.attname, value)
            made.full_clean()
            made.save(force_insert=True)
    except Exception:  # a program's own code: what it refuses to make is not made
        return None
    return made


def _another(field, value, state):
    """A value that no other row has, of the same form."""
    if field.has_default() and callable(field.default):
        return field.get_default()
    if isinstance(value, str):
        ending = "-{}-{}".format(field.model._default_manager.count(), state)[: field.max_length]
        return value[: (field.max_length or len(value) + len(ending)) - len(ending)] + ending
    return value


def _stored(field, key):
    """A key as it stands in the database."""
    from django.db import connection

    found = field.get_db_prep_value(key, connection)
    return found if isinstance(found, int) else str(found)


def _is_set(model, name):
    """Whether the form of the admin site for such rows has the field, so that somebody sets it and nothing else."""
    from django.contrib.admin.sites import all_sites
    from django.urls import get_resolver

    try:
        _ = get_resolver().url_patterns  # many a program makes its own site as it is loaded for these
    except Exception:  # a program's own code: what is not registered is not set
        return False
    forms = [site._registry[model] for site in all_sites if model in site._registry]
    return model._meta.get_field(name).editable and any(_has(one, name) for one in forms)


def _has(form, name):
    listed = [one for _, said in form.fieldsets or () for one in said.get("fields", ())]
    left_out = (*(form.readonly_fields or ()), *(form.exclude or ()))
    return name not in left_out and name in (form.fields or listed or (name,))
