"""Models of the standard library agree with the signatures of the Python that runs the tests."""

import importlib
import inspect
import sys
import warnings
from collections.abc import Iterator
from pkgutil import resolve_name
from typing import Any

from seatrial.libraries import Arguments, FunctionModel, load

MODELS = load({"os", "socket", "subprocess", "sys", "json"})


def signatures() -> dict[str, list[str]]:
    """Names of the positional parameters, `self` left out, of each modelled function that can be inspected."""
    found = {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name in MODELS.functions:
            if name.split(".")[0] in sys.stdlib_module_names - {"builtins"}:
                parameters = positional(name)
                if parameters is not None:
                    found[name] = parameters
    return found


def positional(name: str) -> list[str] | None:
    module, _, rest = name.partition(".")
    try:
        importlib.import_module(module)
        signature = inspect.signature(resolve_name(name))
        owner = resolve_name(name.rpartition(".")[0])
    except (ImportError, AttributeError, ValueError, TypeError):
        return None
    names = [p.name for p in signature.parameters.values() if p.kind in {p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD}]
    return names[1:] if rest and inspect.isclass(owner) and names[:1] == ["self"] else names


def choices(model: FunctionModel) -> Iterator[Arguments]:
    """What the model says of single arguments."""
    yield from (sink.arguments for sink in model.sinks.values())
    yield from (value for value in every_field(model) if isinstance(value, Arguments))
    if model.hook:
        yield model.hook.callback


def every_field(model: FunctionModel) -> list[Any]:
    return [getattr(model, field) for field in model.__struct_fields__]


def test_what_is_chosen_by_position_and_by_keyword_is_one_argument() -> None:
    known = signatures()
    assert len(known) > 500, "too few functions could be inspected for this to prove anything"
    wrong = [
        (name, chosen)
        for name, parameters in known.items()
        for chosen in choices(MODELS.functions[name])
        if len(chosen.positions) == len(chosen.keywords) == 1
        for keyword in chosen.keywords & {*parameters}
        if parameters.index(keyword) not in chosen.positions
    ]
    assert wrong == []
