"""Where files go against a record: imports, patterns, dependencies, layers; and what a change brings in."""

import pytest

from seatrial.decisions.records.citations import in_files, in_messages
from seatrial.decisions.records.sightings import Needed, Tree, brought_in, sightings
from seatrial.model.record import Match, Record, Rejected, Rule, RuleKind, Scope, Status

ID = "D-20261122-x"


def record(*rules: Rule, match: Match | None = None, paths: tuple[str, ...] = ()) -> Record:
    rejected = (Rejected(option="It", because="so", match=match),) if match else ()
    scope = Scope(paths=paths)
    return Record(
        path="x.md",
        id=ID,
        title="X",
        status=Status.ACCEPTED,
        plain=False,
        text="",
        body_hash="",
        rules=rules,
        rejected=rejected,
        scope=scope,
    )


def seen(one: Record, files: dict[str, str], *needed: Needed) -> list[tuple[str, int]]:
    return [(s.path, s.line) for s in sightings([one], Tree(files, needed))]


@pytest.mark.parametrize(
    "text",
    [
        "import redis",
        "import redis.client as r",
        "import os, redis",
        "from redis import Redis",
        "from redis.client import *",
        "def f():\n    import redis",
        "if TYPE_CHECKING:\n    from redis import Redis",
        "import importlib\nimportlib.import_module('redis.client')",
        "__import__('redis')",
        "from redis import (\n    Redis,\n",
        "x = (\nimport redis",
    ],
)
def test_an_import_is_seen_however_it_is_written(text: str) -> None:
    assert len(seen(record(match=Match(imports=("redis",))), {"shop/q.py": text})) == 1


@pytest.mark.parametrize(
    "text", ["import redis_lock", "from shop import redis", "redis = 1", "# import redis", "'import redis'"]
)
def test_what_only_looks_like_the_import_is_not(text: str) -> None:
    assert seen(record(match=Match(imports=("redis",))), {"shop/q.py": text}) == []


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("src/shop/api.py", "from . import legacy"),
        ("src/shop/api.py", "from .legacy import x"),
        ("src/shop/web/api.py", "from .. import legacy"),
        ("src/shop/web/api.py", "from ..legacy.deep import x"),
        ("shop/__init__.py", "from . import legacy"),
    ],
)
def test_a_relative_import_is_the_module_that_it_means(path: str, text: str) -> None:
    assert len(seen(record(match=Match(imports=("shop.legacy",))), {path: text})) == 1


def test_a_scope_bounds_imports_and_patterns_but_not_dependencies() -> None:
    match = Match(imports=("redis",), pattern="redis://", dependency=("Redis",))
    files = {"shop/a.py": "import redis", "tools/b.py": "import redis\nx = 'redis://'"}
    found = seen(record(match=match, paths=("shop/",)), files, Needed("redis", "requirements.txt", 3))
    assert found == [("requirements.txt", 3), ("shop/a.py", 1)]


def test_prose_goes_against_a_pattern_only_where_it_is_named() -> None:
    match = Match(pattern="redis")
    assert seen(record(match=match), {"README.md": "redis"}) == []
    assert seen(record(match=match, paths=("README.md",)), {"README.md": "redis"}) == [("README.md", 1)]


def test_a_lower_layer_may_not_import_a_higher_one() -> None:
    rule = Rule(id="l", kind=RuleKind.LAYERS, layers=("shop.api", ("shop.jobs", "shop.mail"), "shop.store"))
    files = {
        "src/shop/api.py": "from shop import store, jobs",
        "src/shop/jobs.py": "import shop.mail",
        "src/shop/store/db.py": "from ..api import x",
        "src/shop/store/ok.py": "from . import db",
        "shop/mail.py": "import shop.api",
    }
    assert seen(record(rule), files) == [("shop/mail.py", 1), ("src/shop/store/db.py", 1)]


def test_each_file_must_say_what_is_required() -> None:
    rule = Rule(id="r", kind=RuleKind.PATTERN_REQUIRED, pattern="^# Copyright", paths=("*.py",))
    assert seen(record(rule), {"a.py": "x\n# Copyright", "b.py": "x", "c.txt": ""}) == [("b.py", 1)]


def test_what_is_moved_is_not_brought_in_and_what_is_doubled_is() -> None:
    one = record(match=Match(imports=("redis",)))
    before = sightings([one], Tree({"a.py": "import redis"}))
    moved = sightings([one], Tree({"b.py": "\n\nimport redis"}))
    doubled = sightings([one], Tree({"a.py": "import redis", "b.py": "import redis"}))
    assert brought_in(moved, before) == []
    assert len(brought_in(doubled, before)) == 1
    assert len(brought_in(moved, [])) == 1


def test_citations_are_read_from_comments_and_trailers() -> None:
    files = {
        "a.py": f"x = 1  # seatrial: decided {ID} because we changed our mind\n",
        "b.ts": f"// seatrial: decided {ID}\n",
        "c.sql": f"/* seatrial: decided {ID} because so */\n",
        "d.py": f"'seatrial: decided {ID} because it is a text'\n",
    }
    assert [(c.path, c.line, c.because) for c in in_files(files)] == [
        ("a.py", 1, "we changed our mind"),
        ("b.ts", 1, ""),
        ("c.sql", 1, "so"),
    ]
    block = f"import os\n\n# seatrial: decided {ID} because so\n# and more\n\nimport redis\nimport redis.client\n"
    assert [c.speaks_for for c in in_files({**files, "e.py": block})] == [1, 1, 1, 6]
    messages = [("abc", f"Add\n\nDecision: {ID}\nSigned-off-by: x\n"), ("def", f"About Decision: {ID} in prose\n")]
    assert [(c.commit, c.id) for c in in_messages(messages)] == [("abc", ID)]
