"""Every kind of check, on real trees: one that does not hold, and what makes it hold."""

from pathlib import Path

import pytest

from seatrial.app.progress import Progress
from seatrial.app.rescue.checks import run
from seatrial.app.rescue.survey import Survey, survey
from seatrial.errors import SourceError
from trees import write


@pytest.fixture(autouse=True)
def _own_cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SEATRIAL_CACHE_DIR", str(tmp_path_factory.mktemp("cache")))


def measured(root: Path, files: dict[str, str]) -> Survey:
    return survey(write(root, files), Progress())


LOOP = (
    "import requests\n\n\ndef prices(ids):\n    return [requests.get(f'https://x.org/{i}', timeout=3) for i in ids]\n"
)
MANY = "def choose(a):\n" + "".join(f"    if a == {n}:\n        return {n}\n" for n in range(30))


def test_a_rule_is_counted_in_a_file_in_a_folder_and_in_all(tmp_path: Path) -> None:
    found = measured(tmp_path, {"shop/client.py": LOOP, "pyproject.toml": "[project]\ndependencies = ['requests']\n"})
    assert not run("rule:request-in-loop in shop/client.py <= 0", found).holds
    assert not run("rule:request-in-loop in shop <= 0", found).holds
    assert not run("rule:* in . <= 0", found).holds
    assert run("rule:request-in-loop in shop/client.py <= 1", found).holds
    assert run("rule:request-in-loop in shop/cli <= 0", found).holds
    assert run("rule:sql-injection in . <= 0", found).holds


def test_a_finding_is_gone_when_it_is_mended_or_accepted_with_a_reason(tmp_path: Path) -> None:
    before = measured(tmp_path, {"client.py": LOOP})
    (fingerprint,) = (one.fingerprint for one in before.findings if one.rule == "request-in-loop")
    assert run(f"finding:{fingerprint} gone", before).saw == "at client.py:5"
    comment = "    # seatrial: allow[request-in-loop] because there are three\n    return ["
    after = measured(tmp_path, {"client.py": LOOP.replace("    return [", comment)})
    assert run(f"finding:{fingerprint} gone", after).holds


def test_a_circle_is_one_as_long_as_imports_run_when_loading(tmp_path: Path) -> None:
    files = {"shop/__init__.py": "", "shop/a.py": "from shop.b import B\n\n\nclass A(B):\n    x = 1\n"}
    found = measured(tmp_path, files | {"shop/b.py": "from shop.a import A\n\n\nclass B:\n    y = A\n"})
    ran = run("no-cycle:shop.a,shop.b", found)
    assert (ran.holds, ran.saw) == (False, "shop.a → shop.b → shop.a")
    later = "class B:\n    def f(self):\n        from shop.a import A\n\n        return A\n"
    assert run("no-cycle:shop.a,shop.b", measured(tmp_path, {"shop/b.py": later})).holds


def test_complexity_is_one_and_one_for_each_branch(tmp_path: Path) -> None:
    found = measured(tmp_path, {"a.py": MANY})
    assert run("complexity:a.py:choose <= 30", found).saw == "31"
    assert not run("complexity:a.py:choose <= 30", found).holds
    assert run("complexity:a.py:choose <= 31", found).holds
    assert not run("complexity:a.py <= 30", found).holds
    assert run("complexity:a.py:gone <= 3", found).saw == "gone"


def test_a_test_file_is_there_only_if_it_is_test_code(tmp_path: Path) -> None:
    found = measured(tmp_path, {"a.py": MANY, "tests/test_other.py": "def test_x():\n    assert 1 + 1 == 2\n"})
    assert run("test:tests/test_other.py exists", found).holds
    assert not run("test:a.py exists", found).holds
    assert not run("test:tests/test_a.py exists", found).holds


@pytest.mark.parametrize(
    "test",
    [
        {"tests/test_it.py": "from shop.orders import choose\n\n\ndef test_it():\n    assert choose(1) == 1\n"},
        {"tests/test_orders.py": "def test_it(client):\n    assert client\n"},
        {"tests/test_it.py": "import shop.orders\n\n\ndef test_it():\n    assert shop.orders.choose(1) == 1\n"},
    ],
)
def test_a_module_is_tested_when_a_test_imports_it_or_is_named_after_it(tmp_path: Path, test: dict[str, str]) -> None:
    code = {"shop/__init__.py": "", "shop/orders.py": MANY}
    assert not run("tested:shop/orders.py", measured(tmp_path, code)).holds
    assert run("tested:shop/orders.py", measured(tmp_path, test)).holds


def test_a_module_is_tested_when_a_test_asks_for_its_path(tmp_path: Path) -> None:
    app = "from flask import Flask\n\napp = Flask(__name__)\n\n\n"
    app += "@app.get('/invoices/<int:n>')\ndef show(n):\n    return str(n)\n"
    assert not run("tested:web.py", measured(tmp_path, {"web.py": app})).holds
    test = "def test_it(client):\n    assert client.get('/invoices/3').status_code == 200\n"
    assert run("tested:web.py", measured(tmp_path, {"tests/test_pages.py": test})).holds


def test_a_contract_is_pinned_by_one_test_that_imports_both(tmp_path: Path) -> None:
    code = {"shop/__init__.py": "", "shop/a.py": MANY, "shop/b.py": MANY}
    apart = {
        f"tests/test_{x}.py": f"from shop.{x} import choose\n\n\ndef test_it():\n    assert choose(1)\n" for x in "ab"
    }
    assert not run("together:shop/a.py,shop/b.py", measured(tmp_path, code | apart)).holds
    both = "from shop import a, b\n\n\ndef test_it():\n    assert a.choose(1) == b.choose(1)\n"
    ran = run("together:shop/a.py,shop/b.py", measured(tmp_path, {"tests/test_both.py": both}))
    assert (ran.holds, ran.saw) == (True, "tests/test_both.py")


def test_a_file_is_absent_when_it_is(tmp_path: Path) -> None:
    found = measured(tmp_path, {"a.py": MANY})
    assert not run("absent:a.py", found).holds
    assert run("absent:b.py", found).holds


def test_the_gate_is_asked(tmp_path: Path) -> None:
    strict = {"seatrial.toml": "[policy]\nfail-confidence = 0.7\n"}
    assert not run("gate:open", measured(tmp_path, {"client.py": LOOP} | strict)).holds
    assert run("gate:open", measured(tmp_path, {"client.py": "X = 1\n"})).holds


@pytest.mark.parametrize(
    "wrong", ["", "gate", "nonsense:x", "rule:x", "complexity:a.py:f", "no-cycle:one", "gate:shut"]
)
def test_what_is_no_check_says_which_there_are(tmp_path: Path, wrong: str) -> None:
    with pytest.raises(SourceError, match="is no check"):
        run(wrong, measured(tmp_path, {"a.py": MANY}))
