"""The import contracts name every part, the architecture names every contract."""

import re

import grimp
import pytest

from repository import ROOT, files, project, text

CONTRACTS = project()["tool"]["importlinter"]["contracts"]
TABLE = [line for line in text("ARCHITECTURE.md").splitlines() if line.startswith("| ")]


def parts() -> set[str]:
    package = ROOT / "src/seatrial"
    return {path.stem for path in package.iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()} - {
        "__init__"
    }


def contract(name: str) -> dict[str, object]:
    return next(one for one in CONTRACTS if one["id"] == name)


def test_the_river_places_every_part() -> None:
    layers = contract("river")["layers"]
    assert isinstance(layers, list)
    assert {part for layer in layers for part in re.findall(r"\w+", layer)} == parts()
    assert contract("river")["exhaustive"] is True


def test_our_own_gate_holds_the_same_layers() -> None:
    ours = [[layer] if isinstance(layer, str) else layer for layer in project()["tool"]["seatrial"]["layers"]]
    layers = contract("river")["layers"]
    assert isinstance(layers, list)
    held = [{f"seatrial.{part.strip()}" for part in layer.split("|")} for layer in layers]
    assert list(map(set, ours)) == held


def test_every_part_outside_app_is_pure_or_has_a_contract_of_its_own() -> None:
    held = {name for one in CONTRACTS if one["type"] == "forbidden" for name in one["source_modules"]}
    rest = parts() - {name.removeprefix("seatrial.") for name in held}
    assert rest == {"__main__", "app", "registry", "replay", "testing"}


def test_the_architecture_names_every_contract_and_part_and_no_other() -> None:
    named = {name for row in TABLE for name in re.findall(r"`([\w-]+)`", row.rpartition(" | ")[2])}
    assert named - {"pyproject"} == {one["id"] for one in CONTRACTS}
    rows = {name for row in TABLE for name in re.findall(r"`(\w+)`", row.split("|")[1])}
    assert rows == parts()


def test_the_architecture_draws_every_part() -> None:
    drawn = re.findall(r"^ {6}(\w+)(?:\.py|/)\s", text("ARCHITECTURE.md"), re.MULTILINE)
    assert sorted(drawn) == sorted(parts())


@pytest.mark.parametrize("depth", [1, 2, 3])
def test_no_imports_that_run_form_a_circle(depth: int) -> None:
    graph = grimp.build_graph("seatrial", cache_dir=None, exclude_type_checking_imports=True)
    packages = [name for name in graph.modules if name.count(".") == depth - 1 and len(graph.find_children(name)) > 1]
    assert packages
    assert {name: graph.nominate_cycle_breakers(name) for name in packages if graph.nominate_cycle_breakers(name)} == {}


def test_the_contracts_see_every_module() -> None:
    modules = grimp.build_graph("seatrial", cache_dir=None).modules
    assert len(modules) == len([path for path in files(".py", below="src/seatrial/") if "/." not in path])


def test_make_test_holds_style_types_and_contracts() -> None:
    recipe = text("Makefile").partition("\ntest:")[2].partition("\n\n")[0]
    for tool in (
        "ruff check",
        "ruff format --check",
        "mypy",
        "mypy tests/typing",
        "lint-imports",
        "seatrial gate .",
        "pytest",
    ):
        assert f"$(BIN)/{tool}" in recipe
    assert "make test" in text(".ci/run").splitlines()
