"""A program that asks for a Redis gets one of its own, put back with its database; the user's is never reached."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from seatrial.sandbox import Application, Call, Launch, launched, redis_server, redis_variables
from seatrial.sandbox.services import services
from trees import write

PROGRAM = Path(__file__).with_name("programs") / "queue"
needs_redis = pytest.mark.skipif(not redis_server.server(), reason="no Redis is installed: `seatrial[redis]`")


def told(application: Application, path: str) -> object:
    return application.call(Call(method="GET", path=path), watched=False).json()


@pytest.fixture(scope="module")
def application(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Application]:
    root = tmp_path_factory.mktemp("queue") / "tree"
    shutil.copytree(PROGRAM, root)
    launch = Launch(root=root, aside=root.parent, target="queue_app:app", python=sys.executable, workers=1)
    with launched(launch) as (application, _):
        yield application


@needs_redis
def test_the_usual_port_leads_to_a_redis_of_our_own_by_whatever_name(application: Application) -> None:
    assert application.database is not None
    store = application.database.beside
    assert isinstance(store, redis_server.Redis)
    store.ask("FLUSHALL")
    assert told(application, "/count") == ":1"
    assert told(application, "/") == store.ask("DBSIZE") == ":1"
    assert told(application, "/address") == f"redis://127.0.0.1:{store.port}/0"
    assert store.port != 6379


@needs_redis
def test_it_is_put_back_with_the_database(application: Application) -> None:
    assert application.database is not None
    told(application, "/count")
    application.database.save()
    before = told(application, "/count")
    application.database.restore()
    assert told(application, "/count") == before


def test_where_there_is_none_of_our_own_the_users_is_kept_away_from(tmp_path: Path) -> None:
    root = tmp_path / "tree"
    shutil.copytree(PROGRAM, root)
    bare = tmp_path / "bare"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(bare)], check=True)
    launch = Launch(root=root, aside=bare, target="queue_app:app", python=str(bare / "bin" / "python"), workers=1)
    with launched(launch) as (application, _):
        assert told(application, "/count") == "ConnectionRefusedError"


@needs_redis
def test_it_ends_with_the_trial() -> None:
    with redis_server.redis(redis_server.server()) as store:
        assert store.ask("PING") == "+PONG"
    with pytest.raises(ConnectionRefusedError):
        store.ask("PING")


@needs_redis
def test_what_it_refuses_is_not_taken_for_done() -> None:
    with redis_server.redis(redis_server.server()) as store, pytest.raises(OSError, match="unknown command"):
        store.ask("NOSUCH")


SETTINGS = """
class Settings(BaseSettings):
    REDIS_CACHE_HOST: str = "redis"
    REDIS_CACHE_PORT: int = 6379
    REDIS_PASSWORD: str
    REDIS_CACHE_URL: str = f"redis://{REDIS_CACHE_HOST}:{REDIS_CACHE_PORT}"
    rate_limit_redis_url: str
CELERY_BROKER_URL = os.environ["CELERY_BROKER_URL"]
"""


def test_it_is_told_by_the_variables_that_the_source_reads(tmp_path: Path) -> None:
    found = redis_variables.variables(write(tmp_path, {"settings.py": SETTINGS}), 7001)
    assert found == {
        "REDIS_CACHE_HOST": "127.0.0.1",
        "REDIS_CACHE_PORT": "7001",
        "REDIS_PASSWORD": "",
        "RATE_LIMIT_REDIS_URL": "redis://127.0.0.1:7001/0",
        "CELERY_BROKER_URL": "redis://127.0.0.1:7001/0",
    }


@pytest.mark.parametrize(
    ("said", "kept_from"),
    [
        ({}, {5432, 6379, 3306, 27017, 5672, 11211, 9200}),
        ({"REDIS_HOST": "10.0.0.7"}, {5432, 3306, 27017, 5672, 11211, 9200}),
        ({"CACHE": "127.0.0.1:6379"}, {5432, 3306, 27017, 5672, 11211, 9200}),
        ({"CELERY_BROKER_URL": "amqp://127.0.0.1"}, {5432, 6379, 3306, 27017, 11211, 9200}),
        ({"DATABASE_URL": "mysql://127.0.0.1/x"}, {6379, 27017, 5672, 11211, 9200}),
    ],
)
def test_the_services_that_the_user_names_are_used(tmp_path: Path, said: dict[str, str], kept_from: set[int]) -> None:
    with ExitStack() as stack:
        assert services(stack, tmp_path, Path(sys.executable), said).led.keys() == kept_from
