from collections.abc import Mapping
from typing import Any

import pytest

from seatrial.libraries import Models, load
from seatrial.model.facts import Call


def models(**tables: Mapping[str, Any]) -> Models:
    return load((), {"acme": tables})


def test_aliases_hold_for_all_names_below_them() -> None:
    known = models(aliases={"acme.old": "acme.new"}, functions={"acme.new.f": {"effects": ["log"]}})
    assert known.canonical("acme.old.f") == "acme.new.f"
    assert known.canonical("acme.old.T.method") == "acme.new.T.method"
    assert known.canonical("elsewhere.f") == "elsewhere.f"
    assert known.function("acme.old.f") is known.function("acme.new.f")


def test_an_alias_does_not_hide_a_name_that_is_modelled() -> None:
    known = models(aliases={"acme": "other"}, functions={"acme.f": {}})
    assert known.canonical("acme.f") == "acme.f"
    assert known.canonical("acme.g") == "other.g"


def test_a_circle_of_aliases_ends() -> None:
    known = models(aliases={"acme.a": "acme.b", "acme.b": "acme.a"})
    assert known.canonical("acme.a") in {"acme.a", "acme.b"}


def test_methods_attributes_and_traits_are_inherited() -> None:
    types = {"acme.Base": {"kind": "client", "closes": ["end"], "item": "acme.Row"}, "acme.T": {"bases": ["acme.Base"]}}
    functions = {"acme.Base.get": {"effects": ["http"]}, "acme.T.put": {}}
    known = models(types=types, functions=functions, values={"acme.Base.rows": {"source": "remote"}})
    assert known.method("acme.T", "get") is known.functions["acme.Base.get"]
    assert known.function("acme.T.get") is known.functions["acme.Base.get"]
    assert known.attribute("acme.T", "rows") is known.values["acme.Base.rows"]
    assert known.value("acme.T.rows") is known.values["acme.Base.rows"]
    assert (known.kind("acme.T"), known.closers("acme.T"), known.item("acme.T")) == ("client", ("end",), "acme.Row")
    assert known.is_a("acme.T", "acme.Base")
    assert not known.is_a("acme.Base", "acme.T")
    assert known.method("acme.T", "unheard") is None


def test_a_circle_of_bases_ends() -> None:
    known = models(types={"acme.A": {"bases": ["acme.B"]}, "acme.B": {"bases": ["acme.A"]}})
    assert known.ancestors("acme.A") == ("acme.A", "acme.B")


def test_a_class_is_its_own_constructor() -> None:
    types = {
        "acme.File": {"closes": ["close"], "construct": {"effects": ["fs.read"]}},
        "acme.Log": {"bases": ["acme.File"]},
    }
    made = models(types=types).function("acme.Log")
    assert made is not None
    assert (made.returns, made.opens, made.effects) == ("acme.Log", True, ("fs.read",))


def test_a_receiver_of_unknown_type_has_only_names_that_say_enough() -> None:
    known = models(functions={"?.fetch_rows": {"effects": ["db.read"]}})
    found = known.method("", "fetch_rows")
    assert found is not None
    assert found.effects == ("db.read",)
    assert known.method("", "run") is None


@pytest.mark.parametrize(("given", "applies"), [(True, True), (False, False), (1, False), (None, False)])
def test_a_condition_asks_for_the_literal_value(given: object, applies: bool) -> None:  # noqa: FBT001 - a table of cases
    run = load({"subprocess"}).functions["subprocess.run"]
    call = Call(1, "subprocess.run", -1, (0,), (("shell", 1),), 1)
    assert run.sinks["command"].applies(call, {1: given}.get) is applies


def test_an_exception_is_met_by_position_keyword_or_canonical_name() -> None:
    sink = load({"yaml"}).functions["yaml.load"].sinks["deserialize"]
    bare = Call(1, "yaml.load", -1, (0,), (), 1)
    safe = Call(1, "yaml.load", -1, (0, 1), (), 1)
    assert sink.applies(bare, {}.get)
    assert not sink.applies(safe, {1: "yaml.SafeLoader"}.get)
    assert sink.applies(safe, {1: "yaml.Loader"}.get)


def test_a_usual_name_tells_the_type_unless_strangers_share_it() -> None:
    types = {
        "acme.A": {"named": ["it", "own"]},
        "acme.B": {"named": ["it"]},
        "acme.C": {"bases": ["acme.A"], "named": ["own"]},
    }
    known = models(types=types)
    assert known.named("it") == ""
    assert known.named("own") == "acme.C"
    assert known.named("unheard") == ""


def test_a_subclass_may_need_no_closing_though_its_base_does() -> None:
    types = {"acme.File": {"closes": ["close"]}, "acme.Shared": {"bases": ["acme.File"], "closes": []}}
    known = models(types=types)
    assert known.closers("acme.Shared") == ()


def test_a_type_may_say_what_it_holds() -> None:
    known = load(())
    split = known.functions["builtins.str.split"].returns
    assert (known.canonical(split), known.item(split)) == ("builtins.list", "builtins.str")
