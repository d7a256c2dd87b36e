"""Makes the tables of a Django program: by its migrations, or from its models where those cannot be run here.

Migrations of many years fail with a newer Django, or are written for a database that is not here.
"""

from . import leading, standing

notes = []
"""Migrations that failed, each a sentence."""
_POSTGRES = 5432
_PATIENCE = 120
"""Seconds after which tables are made without the migrations, which some programs have hundreds of."""
_TRIGRAMS = "_trgm_ops"
"""Indexes that only the extension itself can make, which our own server has a stand-in for."""


def make():
    """Makes them, and says how. Raises what the models' own tables fail with."""
    from django.apps import apps
    from django.conf import settings

    if leading.is_led(_POSTGRES):
        _leave_out_trigrams()
    try:
        with standing.within(_PATIENCE, "they"):
            _migrate()
    except Exception as error:
        if not _emptied():
            raise
        notes.append(
            "its migrations fail ({}: {}): tables are made from its models".format(type(error).__name__, _first(error))
        )
    else:
        return "manage.py migrate"
    settings.MIGRATION_MODULES = {app.label: None for app in apps.get_app_configs()}
    _complete(apps.get_app_configs())
    _migrate()
    return "manage.py migrate --run-syncdb"


def _complete(configs):
    """Has Django take models into account that lie elsewhere than in a module `models` of their application."""
    for config in configs:
        if config.models_module is None and next(iter(config.get_models()), None):
            config.models_module = config.module


def _migrate():
    from django.core.management import call_command

    lines = standing.Lines("making its tables")
    call_command("migrate", run_syncdb=True, interactive=False, verbosity=1, stdout=lines)


def _leave_out_trigrams():
    from django.db.backends.base.schema import BaseDatabaseSchemaEditor

    plain = BaseDatabaseSchemaEditor.execute

    def execute(self, sql, *args, **kwargs):
        if _TRIGRAMS not in str(sql):
            return plain(self, sql, *args, **kwargs)
        notes.append("an index of trigrams was left out: {}".format(" ".join(str(sql).split())))
        return None

    BaseDatabaseSchemaEditor.execute = execute


def _emptied():
    """Whether the database is one of ours, and what was begun in it is gone."""
    from django.db import connection, connections

    connection.close()
    del connections[connection.alias]  # one that failed within a transaction stays closed: the next is a new one
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA foreign_keys = OFF")
            for table in connection.introspection.table_names(cursor):
                cursor.execute("DROP TABLE " + connection.ops.quote_name(table))
        connection.close()
        return True
    if connection.vendor == "postgresql" and leading.is_led(_POSTGRES):
        with connection.cursor() as cursor:
            cursor.execute("SELECT extname FROM pg_extension WHERE extname <> 'plpgsql'")
            extensions = [name for (name,) in cursor.fetchall()]  # which go with the schema
            cursor.execute("DROP SCHEMA public CASCADE")
            cursor.execute("CREATE SCHEMA public")
            for name in extensions:
                cursor.execute('CREATE EXTENSION IF NOT EXISTS "{}" CASCADE'.format(name))
        return True
    return False


def _first(error):
    return (str(error).strip().splitlines() or [""])[0]
