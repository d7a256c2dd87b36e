"""What lies beside the program: told of folders by name, packages and imports."""

import pytest

from seatrial import registry
from seatrial.model.finding import Severity
from seatrial.testing import program_of

CODE = "def push(item, items=[]):\n    items.append(item)\n    return items\n"


def beside(files: dict[str, str]) -> set[str]:
    return set(program_of(files).aside)


@pytest.mark.parametrize(
    "path",
    [
        "scripts/a.py",
        "contrib/graph/a.py",
        "backend/scripts/a.py",
        ".github/a.py",
        "tools_x/a.py",
        "shop/_scripts/a.py",
        "shop/example_theme/a.py",
        "dummyserver/a.py",
    ],
)
def test_scripts_of_developers_lie_beside(path: str) -> None:
    assert beside({path: CODE, "shop/__init__.py": "", "shop/cart.py": CODE}) == {path}


@pytest.mark.parametrize("path", ["shop/contrib/pay.py", "shop/tools/x.py", "toolsmith/x.py", "scripts.py"])
def test_parts_of_packages_do_not(path: str) -> None:
    assert not beside({path: CODE, "shop/__init__.py": ""})


def test_helpers_of_tests_lie_beside_even_in_a_package() -> None:
    files = {
        "shop/__init__.py": "",
        "shop/testing/__init__.py": "",
        "shop/testing/clock.py": CODE,
        "shop/cart.py": CODE,
    }
    assert beside(files) == {"shop/testing/__init__.py", "shop/testing/clock.py"}


def test_what_the_program_imports_belongs_to_it() -> None:
    files = {
        "tools/__init__.py": "",
        "tools/clock.py": "from tools import zones\n",
        "tools/zones.py": CODE,
        "tools/release.py": "from tools import clock\n",
        "shop/__init__.py": "",
        "shop/cart.py": "from tools.clock import zones\n",
    }
    assert beside(files) == {"tools/release.py"}


def test_what_only_tests_import_does_not() -> None:
    files = {
        "scripts/move.py": CODE,
        "tests/test_move.py": "from scripts.move import push\n\ndef test():\n    assert push(1)\n",
    }
    assert beside(files) == {"scripts/move.py"}


def test_what_a_developers_tool_imports_does_not() -> None:
    files = {"noxfile.py": "import mock_server.app\n", "mock_server/__init__.py": "", "mock_server/app.py": CODE}
    assert beside({**files, "shop/cart.py": CODE}) == {"mock_server/__init__.py", "mock_server/app.py"}


def test_a_finding_beside_the_program_is_hidden_unless_asked_for() -> None:
    rule = registry.rules()["shared-mutable-state"]
    found = {f.place.path: f.confidence for f in rule.findings(program_of({"scripts/a.py": CODE, "shop/b.py": CODE}))}
    assert found["scripts/a.py"] < 0.7 <= found["shop/b.py"]


def test_a_secret_counts_wherever_it_lies() -> None:
    text = 'import psycopg2\n\nconnection = psycopg2.connect(password="tW9!kd02-qLx7#mz")\n'
    rule = registry.rules()["hardcoded-credential"]
    assert [f.place.path for f in rule.findings(program_of({"contrib/a.py": text})) if f.confidence >= 0.7]


def test_it_is_a_note() -> None:
    rule = registry.rules()["shared-mutable-state"]
    assert [f.severity for f in rule.findings(program_of({"scripts/a.py": CODE}))] == [Severity.NOTE]
