"""Schemas of PostgreSQL that tables lie in, made in the server of our own: a deployment makes them by hand."""

import asyncio
import importlib
import re

from . import leading

notes = []
"""Those that were made, each a sentence."""
_MISSING = re.compile(r"schema [\"'](\w+)[\"'] does not exist")
_POSTGRES = 5432
_MOST = 8


def made_for(said):
    """Makes the schema that an error misses, by what it says; False if it misses none, or the server is not our own."""
    found = _MISSING.search(said)
    if not found or len(notes) >= _MOST or not leading.is_led(_POSTGRES) or leading.is_missing(_POSTGRES):
        return False
    statement = 'CREATE SCHEMA IF NOT EXISTS "{}"'.format(found[1])
    notes.append("its database had no schema {}: it was made".format(found[1]))
    return _by("psycopg2", statement) or _by("psycopg", statement) or _by_asyncpg(statement)


def _where(name):
    # seatrial: allow[hardcoded-credential] because the server of a trial trusts everybody on this machine
    return {"host": "127.0.0.1", "port": _POSTGRES, "user": "postgres", "password": "seatrial", name: leading.NAME}


def _by(driver, statement):
    try:
        connect = importlib.import_module(driver).connect
    except ImportError:
        return False
    connection = connect(**_where("dbname"))
    connection.autocommit = True
    connection.cursor().execute(statement)
    connection.close()
    return True


def _by_asyncpg(statement):
    try:
        asyncpg = importlib.import_module("asyncpg")
    except ImportError:
        return False

    async def run():
        connection = await asyncpg.connect(**_where("database"))
        await connection.execute(statement)
        await connection.close()

    asyncio.run(run())
    return True
