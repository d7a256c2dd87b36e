"""What a user is told to do, by what the program printed."""

import pytest

from seatrial.sandbox.advice import Known, advice
from seatrial.sandbox.traces import ended_with

SEVERAL = "SyntaxError: multiple exception types must be parenthesized (shop.py, line 7)"


@pytest.mark.parametrize(
    ("error", "printed", "says"),
    [
        ("ModuleNotFoundError: No module named 'flask_wtf'", "", "lacks `flask_wtf`"),
        ("ModuleNotFoundError: No module named 'shop.settings'", "", "`shop` has no module `settings`: name the inter"),
        (
            "ImportError: cannot import name 'url_quote' from 'werkzeug.urls' (/x/urls.py)",
            "",
            "an older `werkzeug` than is installed",
        ),
        ("", 'psycopg.errors.InvalidSchemaName: schema "shop" does not exist', "no schema shop: name the command"),
        ("NoAppError: no application found; tried nothing", "", "target ="),
        ("", "redis.exceptions.ConnectionError: Error 111 connecting to localhost:6379. Refused.", "needs Redis"),
        (
            "",
            "kombu.exceptions.OperationalError: [Errno 111] Connection refused",
            "needs RabbitMQ, and none answers at",
        ),
        (
            "",
            "ServerSelectionTimeoutError: localhost:27017: seatrial keeps the program from it",
            "needs MongoDB, and none",
        ),
        ("", "Connect call failed ('127.0.0.1', 5432)", "needs PostgreSQL, and none answers at port 5432"),
        ("", "socket.gaierror: [Errno -2] Name or service not known", "a name that leads nowhere"),
        ("", "sqlite3.OperationalError: no such table: orders", "table orders is not there"),
        ("", 'psycopg2.errors.UndefinedTable: relation "orders" does not exist', "table orders is not there"),
        (
            "NameError: name 'Dist' is not defined",
            "    def f(self, dist: Dist, name: str) -> None:",
            "use Python 3.14",
        ),
        ("NameError: name 'dist' is not defined", "    return dist.name", "`env`, `target`, `setup`"),
        ('NotSupportedError: extension "hstore" is not available', "", "the extension hstore of PostgreSQL"),
        ("ImproperlyConfigured: Only postgis database backend is supported", "", "the extension postgis of PostgreSQL"),
        ('UndefinedObject: type "public.geometry" does not exist', "", "the extension postgis of PostgreSQL"),
        ("ImproperlyConfigured: Could not find the GDAL library (tried x)", "", "needs GDAL, a library of the system"),
        ("OSError: cannot load library 'libpango-1.0-0': x", "", "needs libpango-1.0-0, a library of the system"),
        ("ImportError: libxmlsec1.so.1: cannot open shared object file", "", "needs libxmlsec1.so.1, a library"),
        ("PermissionError: [Errno 13] Permission denied: '/srv/media'", "", "writes to /srv/media, outside"),
        (
            "FileNotFoundError: [Errno 2] No such file or directory: '/tmp/seatrial-x_1/tree/static/stats.json'",
            "",
            "does not hold static/stats.json: name the command that makes it, `setup`",
        ),
        ("SyntaxError: Missing parentheses in call to 'print'", "", "written for Python 2, and trials run 3.8"),
        (SEVERAL, "    except KeyError, error:\n", "written for Python 2"),
        (SEVERAL, "    except KeyError, ValueError:\n", "written for Python 3.14"),
        ("ModuleNotFoundError: No module named 'urlparse'", "", "start it yourself, and name where it answers: `--url"),
        ("ValueError: env METRICS_DIR is not set or not a directory", "", "It wants METRICS_DIR: set it in `env`"),
        ("KeyError: 'x'", "", "`env`, `target`, `setup`"),
    ],
)
def test_the_advice_fits_the_error(error: str, printed: str, says: str) -> None:
    assert says in advice(error, printed)


def test_a_dummy_that_the_program_stumbles_over_is_named() -> None:
    printed = "    _pem = decoded(JWT_PRIVATE_KEY)\nbinascii.Error: Incorrect padding"
    said = advice("Error: Incorrect padding", printed, Known(dict.fromkeys(["SECRET_KEY", "JWT_PRIVATE_KEY"], "x")))
    assert said.startswith("A dummy is not enough for JWT_PRIVATE_KEY: set it in `env`")


def test_a_module_of_the_programs_own_is_no_concern_of_an_interpreter() -> None:
    said = advice("ModuleNotFoundError: No module named 'shop.settings'", "", Known(packages=["shop"]))
    assert said.startswith("`shop.settings` belongs to the program itself, and its tree does not hold it")
    assert "--python" not in said


def test_an_example_that_is_only_to_be_filled_in_is_named_as_a_whole() -> None:
    given = {"SHOP_DATABASE__DSN": "postgresql://user:password@host:port/dbname", "SHOP_PORT": "port"}
    said = advice("ValueError: invalid literal for int() with base 10: 'port'", "", Known(given=given))
    assert said == (
        "What its examples set is only to be filled in: set SHOP_DATABASE__DSN in `env` of `[app]` of `seatrial.toml`."
    )


LOST = """
Traceback (most recent call last):
  File "/x/site-packages/asyncpg/connect.py", line 7, in connect
    raise ConnectionRefusedError("cannot connect to server")
{reason}
"""


def test_a_service_is_missing_only_if_that_is_what_it_ended_with() -> None:
    reason = "AttributeError: 'NoneType' object has no attribute 'keys'"
    assert "PostgreSQL" not in advice(reason, LOST.format(reason=reason))
    reason = "ConnectionRefusedError: [Errno 111] Connect call failed"
    assert "needs PostgreSQL" in advice(reason, LOST.format(reason=reason))


def test_a_service_that_is_missed_on_the_way_to_the_error_is_the_reason() -> None:
    first = LOST.format(reason="OSError: [Errno 111] Connection refused")
    second = LOST.format(reason="shop.StoreError: no store")
    between = "\nDuring handling of the above exception, another exception occurred:\n"
    assert "needs PostgreSQL" in advice("StoreError: no store", f"{first}{between}{second}")
    assert "PostgreSQL" not in advice("StoreError: no store", f"{first}\nit goes on without\n{second}")
    assert ended_with(f"{first}\nERROR:    {second.strip()}")[0] == "StoreError: no store"


def test_a_service_that_only_examples_lead_to_is_named_with_the_variable_that_leads_there() -> None:
    given = {"S3_ENDPOINT_URL": "http://localstack:4566", "POSTGRES_URL": "postgresql://db:5432/app"}
    reason = 'EndpointConnectionError: Could not connect to the endpoint URL: "http://localstack:4566/"'
    said = advice(reason, LOST.format(reason=reason).replace("asyncpg", "botocore"), Known(given=given))
    assert said.startswith(
        "Nobody answers at http://localstack:4566, which it needs: say with S3_ENDPOINT_URL in `env`"
    )
    reason = "gaierror: [Errno -2] Name or service not known: localstack"
    assert "say with S3_ENDPOINT_URL in `env`" in advice(reason, LOST.format(reason=reason), Known(given=given))


def test_a_variable_that_is_read_where_it_ended_is_named() -> None:
    printed = """
Traceback (most recent call last):
  File "/tmp/seatrial-x/tree/shop/__init__.py", line 7, in <module>
    config.load(path=environ.get("SHOP_CONFIG_PATH"), folders=PLACES)
  File "/x/site-packages/configs.py", line 7, in load
    raise NotFoundError(environ.get("CONFIGS_PATH"), folders)
configs.NotFoundError: no config file in ['/etc/shop']
"""
    said = advice("NotFoundError: no config file", printed, Known(reads=["SHOP_CONFIG_PATH", "CONFIGS_PATH", "OTHER"]))
    assert said == "It ended where it reads SHOP_CONFIG_PATH: set it in `env` of `[app]` of `seatrial.toml`."


def test_a_dummy_that_was_only_spoken_of_is_not_to_blame() -> None:
    printed = f"""INDEX_PASSWORD was read{LOST.format(reason="ValueError: no")}"""
    lines = printed.replace("site-packages/asyncpg", "tree/shop")
    assert "INDEX_PASSWORD" not in advice("ValueError: no", lines, Known(made_up={"INDEX_PASSWORD": "x"}))


def test_a_dummy_that_an_error_quotes_is_named_by_its_setting() -> None:
    known = Known(made_up={"SHOP_SETTINGS": "a-dummy-of-some-length", "OTHER": "x"})
    said = advice("FileNotFoundError: [Errno 2] No such file or directory: 'a-dummy-of-some-length'", "", known)
    assert "A dummy is not enough for SHOP_SETTINGS: set it in `env`" in said


OWN = """
Traceback (most recent call last):
  File "/usr/lib/site-packages/flask/cli.py", line 9, in make
    return made()
  File "/tmp/seatrial-x1/tree/app/__init__.py", line 19, in made
    log()
{error}
"""


@pytest.mark.parametrize(
    "error",
    ["TypeError: log() missing 1 required positional argument: 'app'", "NameError: name 'port' is not defined"],
)
def test_code_that_no_setting_mends_is_told_by_its_place(error: str) -> None:
    assert "mend app/__init__.py:19." in advice(error, OWN.format(error=error))
    elsewhere = OWN.replace("/tmp/seatrial-x1/tree/app/", "/usr/lib/site-packages/flask/")
    assert "mend" not in advice(error, elsewhere.format(error=error))
    assert "mend" not in advice("TypeError: an integer is required", OWN.format(error="TypeError: an integer"))
