"""Hooks in database drivers: every statement is told to `recording`, whichever ORM sends it.

Each driver is hooked when the program imports it, so that none is imported that the program does without.
"""

import functools
import importlib.abc
import importlib.machinery
import sys

from . import configs, identity, instead, leading, limits, outgoing, passwords, recording, supplied

_MYSQL = 3306
databases = []
"""SQLite files that were opened."""


def install():
    """Hooks the drivers that are there, and those to come."""
    _sqlite()
    if leading.is_missing(_MYSQL):
        sys.modules.setdefault("_mysql_connector", None)  # its driver does without it, by sockets of Python
    sys.meta_path.insert(0, _Finder())


class _Finder(importlib.abc.MetaPathFinder):
    """Lets a driver load as it would, then hooks it."""

    def find_spec(self, name, path=None, target=None):
        hook = _HOOKS.get(name)
        if hook is None:
            return None
        spec = importlib.machinery.PathFinder.find_spec(name, path, target)
        if spec is not None and spec.loader is not None:
            spec.loader = _Loader(spec.loader, hook)
        return spec


class _Loader(importlib.abc.Loader):
    def __init__(self, inner, hook):
        self._inner, self._hook = inner, hook

    def create_module(self, spec):
        return self._inner.create_module(spec)

    def exec_module(self, module):
        self._inner.exec_module(module)
        self._hook(module)

    def __getattr__(self, name):
        return getattr(self._inner, name)


def _watched(method):
    """The method of a cursor, told before and after."""

    @functools.wraps(method)
    def run(self, sql, *args, **kwargs):
        begun = recording.before(sql)
        try:
            result = method(self, sql, *args, **kwargs)
        except BaseException as error:
            recording.after(begun, error=error)
            raise
        recording.after(begun, getattr(self, "rowcount", -1))
        return result

    return run


def _awaited(method):
    @functools.wraps(method)
    async def run(self, sql, *args, **kwargs):
        begun = await recording.before_awaited(sql)
        try:
            result = await method(self, sql, *args, **kwargs)
        except BaseException as error:
            recording.after(begun, error=error)
            raise
        recording.after(begun, getattr(self, "rowcount", -1))
        return result

    return run


_NAMES = ("execute", "executemany", "executescript", "callproc")


def _cursor_like(base):
    """A subclass of a cursor class that tells its statements."""
    return type(base.__name__, (base,), {name: _watched(getattr(base, name)) for name in _NAMES if hasattr(base, name)})


_classes = {}


def _hooked(base):
    if base not in _classes:
        _classes[base] = _cursor_like(base)
    return _classes[base]


def _sqlite():
    import sqlite3
    from sqlite3 import dbapi2

    plain = sqlite3.connect

    class Connection(sqlite3.Connection):
        def cursor(self, factory=sqlite3.Cursor):
            return super().cursor(_hooked(factory)) if isinstance(factory, type) else super().cursor(factory)

        def execute(self, *args):
            return self.cursor().execute(*args)

        def executemany(self, *args):
            return self.cursor().executemany(*args)

        def executescript(self, *args):
            return self.cursor().executescript(*args)

    @functools.wraps(plain)
    def connect(database, *args, **kwargs):
        kwargs = instead.told(database, kwargs)
        if len(args) < 5 and "factory" not in kwargs:
            kwargs["factory"] = Connection
        database = supplied.placed(database)
        name = str(database)
        if name not in databases:
            databases.append(name)
        return plain(database, *args, **kwargs)

    sqlite3.connect = dbapi2.connect = connect


def _psycopg2(module):
    plain = module.connect

    class Connection(module.extensions.connection):
        def cursor(self, *args, **kwargs):
            kwargs["cursor_factory"] = _hooked(kwargs.get("cursor_factory") or self.cursor_factory or _plain_cursor)
            return super().cursor(*args, **kwargs)

    _plain_cursor = module.extensions.cursor

    @functools.wraps(plain)
    def connect(*args, **kwargs):
        kwargs.setdefault("connection_factory", Connection)
        return plain(*args, **_by_libpq(kwargs))

    module.connect = connect


def _by_libpq(kwargs):
    """What is said by name goes before what a text says."""
    led = leading.database(kwargs)
    if led is kwargs:
        return kwargs
    kwargs = {name: value for name, value in led.items() if name not in ("database", "service")}
    return {**kwargs, "dbname": leading.NAME, "sslmode": "disable"}


def _psycopg(module):
    for cls in (module.Connection, module.AsyncConnection):
        cls.connect = classmethod(_connecting(cls.connect.__func__))
    module.connect = module.Connection.connect
    for name in ("Cursor", "ClientCursor", "ServerCursor"):
        _patch(getattr(module, name, None), _watched)
    for name in ("AsyncCursor", "AsyncClientCursor", "AsyncServerCursor"):
        _patch(getattr(module, name, None), _awaited)


def _connecting(plain):
    @functools.wraps(plain)
    def connect(cls, *args, **kwargs):
        return plain(cls, *args, **_by_libpq(kwargs))

    return connect


def _patch(cls, wrap, names=("execute", "executemany")):
    for name in names if cls is not None else ():
        if name in vars(cls):
            setattr(cls, name, wrap(vars(cls)[name]))


def _pymysql(module):
    _patch(module.Cursor, _watched, ("execute",))


def _asyncpg(module):
    """Every way to run a statement ends in one of these two."""
    plain = module.connect

    @functools.wraps(plain)
    async def connect(*args, **kwargs):
        led = leading.database(kwargs)
        return await plain(*args, **(led if led is kwargs else {**led, "database": leading.NAME, "ssl": False}))

    module.connect = connect
    cls = module.Connection
    cls.execute = _awaited(cls.execute)
    cls._execute = _awaited(cls._execute)


def _aiosqlite(module):
    """Its thread does not know which request it works for, unless the context goes with the work."""
    plain = module.Connection._execute

    @functools.wraps(plain)
    async def execute(self, function, *args, **kwargs):
        return await plain(self, functools.partial(recording.carried(), function), *args, **kwargs)

    module.Connection._execute = execute


def _mysqldb(module):
    """It connects without Python: a server of others at the usual port is none of the program's."""
    plain = module.connect

    @functools.wraps(plain)
    def connect(*args, **kwargs):
        host, port = kwargs.get("host", *args[:1] or ("",)), kwargs.get("port", _MYSQL)
        try:
            leading.place(host, port)
        except ConnectionRefusedError as error:
            raise module.OperationalError(2003, "Can't connect to MySQL server: {}".format(error)) from error
        return plain(*args, **kwargs)

    for name in ("connect", "Connect", "Connection"):
        setattr(module, name, connect)


def _django(module):
    """Django catches what a view raises, and some programs keep no log of it."""
    module.got_request_exception.connect(lambda **_: recording.failed(sys.exc_info()[1]), weak=False)


_HOOKS = {
    "django.core.signals": _django,
    "psycopg2": _psycopg2,
    "psycopg": _psycopg,
    "pymysql.cursors": _pymysql,
    "MySQLdb": _mysqldb,
    "asyncpg.connection": _asyncpg,
    "aiosqlite.core": _aiosqlite,
    "flask.config": configs.flask,
    "sqlalchemy.engine.url": instead.urls,
    "sqlalchemy.dialects.sqlite.base": instead.types,
    "sqlalchemy.dialects.sqlite.pysqlite": instead.pools,
    "redis.connection": passwords.redis,
    "redis.asyncio.connection": passwords.redis,
    "httpx": outgoing.httpx,
    "aiohttp.client": outgoing.aiohttp,
    "gevent._socket3": outgoing.gevent,
    "rest_framework.request": identity.rest_framework,
    "uvloop": outgoing.uvloop,
    "limits.strategies": limits.strategies,
    "limits.aio.strategies": limits.awaited_strategies,
    "rest_framework.throttling": limits.throttles,
    "django_ratelimit.core": limits.usage,
    "ratelimit.core": limits.usage,
    "fastapi_limiter.depends": limits.depended_on,
}
