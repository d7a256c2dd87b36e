from typing import Any

import pytest

from seatrial.errors import ModelError
from seatrial.libraries import load, parse
from seatrial.libraries.loader import expand


def library(**tables: Any) -> dict[str, Any]:
    return {"modules": ["acme"], **tables}


@pytest.mark.parametrize(
    ("tables", "told"),
    [
        (
            {"functions": {"acme.f": {"retuns": "x"}}},
            "functions.'acme.f': there is no key `retuns` here; did you mean `returns`?",
        ),
        ({"functions": {"acme.f": {"effects": ["htp"]}}}, "`htp` means nothing here; did you mean `http`?"),
        ({"functions": {"acme.f": {"sinks": {"sqll": "0"}}}}, "`sqll` means nothing here; did you mean `sql`?"),
        (
            {"functions": {"acme.f": {"sinks": {"sql": {"wen": {}}}}}},
            "there is no key `wen` here; did you mean `when`?",
        ),
        ({"functions": {"acme.f": {"sinks": {"sql": "0-"}}}}, "`0-` is not a position"),
        ({"functions": {"acme.f": {"hook": {"kind": "rout"}}}}, "did you mean `route`?"),
        ({"functions": {"acme.f": {"hook": {"kind": "route", "calback": "0"}}}}, "did you mean `callback`?"),
        ({"types": {"acme.T": {"kind": "modle"}}}, "types.'acme.T': `modle` means nothing here; did you mean `model`?"),
        (
            {"values": {"acme.v": {"source": "remte"}}},
            "values.'acme.v': `remte` means nothing here; did you mean `remote`?",
        ),
        ({"functons": {}}, "there is no key `functons` here; did you mean `functions`?"),
        ({"functions": {"acme.f": {"returns": 3}}}, "Expected `str`, got `int`"),
        ({"functions": {"acme.f": {"qqqqqqqq": 3}}}, "write one of: awaited, cache, "),
        ({"types": {"acme.T": {"effects": ["http"]}}}, "there is no key `effects` here; write one of: bases, "),
        ({"types": {"acme.T": {"construct": {"cached": 1}}}}, "there is no key `cached` here; did you mean `cache`?"),
        ({"functions": {"acme.f": {"effects": ["route"]}}}, "`route` means nothing here; write one of: block, "),
        ({"functions": {"acme.f": {"cleans": ["al"]}}}, "did you mean `all`?"),
        ({"functions": {"acme.f": {"field": {"kind": "colum"}}}}, "did you mean `column`?"),
        ({"functions": {"acme.f": {"hook": {"kind": "route", "methods_in": "1"}}}}, "did you mean `methods-in`?"),
    ],
)
def test_a_mistake_names_file_entry_and_nearest_right_word(tables: dict[str, Any], told: str) -> None:
    with pytest.raises(ModelError) as error:
        parse(library(**tables), "acme.toml")
    assert str(error.value).startswith("acme.toml: ")
    assert told in str(error.value)


def test_a_name_defined_twice_is_refused_also_by_way_of_braces() -> None:
    with pytest.raises(ModelError, match=r"`acme\.g` is defined twice"):
        parse(library(functions={"acme.{f,g}": {}, "acme.g": {}}), "acme.toml")


def test_braces_multiply() -> None:
    assert list(expand("{a,b}.x.{c,d.e}")) == ["a.x.c", "a.x.d.e", "b.x.c", "b.x.d.e"]
    assert list(expand("plain")) == ["plain"]


def test_only_what_the_program_imports_is_read_and_what_that_needs() -> None:
    models = load({"rest_framework"})
    assert models.function("builtins.open") is not None
    assert models.type("django.db.models.Model") is not None
    assert models.function("requests.get") is None


def test_a_users_model_takes_part_and_wins() -> None:
    own = {"acme": {"functions": {"acme.db.run": {"sinks": {"sql": "0"}}, "builtins.open": {"effects": ["log"]}}}}
    models = load((), own)
    assert list(models.functions["acme.db.run"].sinks) == ["sql"]
    assert models.functions["builtins.open"].effects == ("log",)


def test_a_users_model_brings_what_it_needs() -> None:
    models = load((), {"acme": {"needs": ["requests"], "types": {"acme.Api": {"bases": ["requests.Session"]}}}})
    method = models.method("acme.Api", "get")
    assert method is not None
    assert "http" in method.effects


def test_a_mistake_in_a_users_model_names_its_table() -> None:
    with pytest.raises(ModelError, match=r"^\[libraries\.acme\]: functions\.'acme\.f': there is no key `opns` here"):
        load((), {"acme": {"functions": {"acme.f": {"opns": True}}}})


def test_a_need_that_nothing_meets_is_told() -> None:
    with pytest.raises(
        ModelError, match=r"^\[libraries\.acme\]: needs: there is no model of `reqests`; did you mean `requests`"
    ):
        load((), {"acme": {"needs": ["reqests"]}})
