"""SQLite in place of a MySQL that nobody started, for programs that reach it through SQLAlchemy.

What such a program says to MySQL alone then fails; trials tell on which database they saw what they saw.
"""

import functools
import os
import re

from . import leading

_PORT = 3306
_SERVERS = ("mysql", "mariadb")
_TAKEN = ("timeout", "detect_types", "isolation_level", "check_same_thread", "factory", "cached_statements", "uri")
_WHOLE = ("TINYINT", "SMALLINT", "MEDIUMINT", "BIGINT", "YEAR", "BIT")
_COLLATION = re.compile(r" COLLATE [\"`]?(?:utf8|latin1|ascii|ucs2|binary)\w*[\"`]?", re.IGNORECASE)
_TEXT = ("TINYTEXT", "MEDIUMTEXT", "LONGTEXT", "ENUM", "SET")
_BYTES = ("TINYBLOB", "MEDIUMBLOB", "LONGBLOB")
notes = []
"""What was replaced, a sentence."""
_files = []


def urls(module):
    """Hooks `sqlalchemy.engine.url`: whatever makes an engine asks it what an address means."""
    plain = module.make_url

    @functools.wraps(plain)
    def make_url(address, *args):
        url = plain(address, *args)
        kind, _, driver = url.drivername.partition("+")
        if kind not in _SERVERS or not leading.is_missing(_PORT):
            return url
        notes[:] = ["its MySQL was replaced by SQLite: none is here"]
        file = os.path.abspath("seatrial-{}.db".format(url.database or "database"))
        _files.append(file)
        return plain("sqlite{}:///{}".format("+aiosqlite" if driver.startswith(("aio", "asyncmy")) else "", file))

    module.make_url = make_url


def types(module):
    """Hooks `sqlalchemy.dialects.sqlite.base`: it knows types and defaults of MySQL's, too."""
    for names, kind in ((_WHOLE, "INTEGER"), (_TEXT, "TEXT"), (_BYTES, "BLOB")):
        for name in names:
            _type(module.SQLiteTypeCompiler, "visit_" + name, kind)
    _strings(module.SQLiteTypeCompiler)
    _indexes(module.SQLiteDDLCompiler)
    plain = module.SQLiteDDLCompiler.get_column_default_string

    @functools.wraps(plain)
    def default(self, column):
        said = plain(self, column)
        return said and said.replace(" ON UPDATE CURRENT_TIMESTAMP", "").replace(" on update current_timestamp", "")

    module.SQLiteDDLCompiler.get_column_default_string = default


def _strings(compiler):
    """Has texts rendered without a collation of MySQL's."""
    plain = getattr(compiler, "_render_string_type", None)

    def render(self, *args, **kwargs):
        return _COLLATION.sub("", plain(self, *args, **kwargs))

    if plain is not None:
        compiler._render_string_type = render


def _indexes(compiler):
    """Has indexes named with their tables: MySQL takes one name in several tables."""
    plain = getattr(compiler, "_prepared_index_name", None)

    def name(self, index, *args, **kwargs):
        said = plain(self, index, *args, **kwargs)
        return '"{}_{}"'.format(index.table.name, said.strip('"`')) if _files else said

    if plain is not None:
        compiler._prepared_index_name = name


def _type(compiler, name, kind):
    """Has a type rendered as another; a large number, too: SQLite numbers rows only by an INTEGER."""
    plain = getattr(compiler, name, None)

    def visit(self, type_, **kwargs):
        return kind if _files or plain is None else plain(self, type_, **kwargs)

    setattr(compiler, name, visit)


def pools(module):
    """Hooks `sqlalchemy.dialects.sqlite.pysqlite`: before SQLAlchemy 2 its files took no size of a pool."""
    from sqlalchemy.pool import QueuePool

    plain = module.SQLiteDialect_pysqlite.get_pool_class

    def pool(_, url):
        return QueuePool if url.database in _files else plain(url)

    module.SQLiteDialect_pysqlite.get_pool_class = classmethod(pool)


def told(file, kwargs):
    """Of the arguments for a driver of MySQL, those that SQLite takes."""
    return {name: one for name, one in kwargs.items() if name in _TAKEN} if file in _files else kwargs
