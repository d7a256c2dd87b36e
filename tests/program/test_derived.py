"""Derived facts: the same whether they are worked out or known, whatever the file is called."""

import os
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import msgspec
import pytest

from seatrial import registry
from seatrial.model.facts import FileFacts
from seatrial.model.source import Role, SourceFile
from seatrial.program import File, link
from seatrial.program.derived import Derivation, derived
from seatrial.program.kept import Kept

TEXT = Path(__file__).read_text()
asked: list[str] = []


@derived(list[str])
def names(file: File) -> list[str]:
    asked.append(file.path)
    return [function.name for function in file.functions]


def facts_of(text: str) -> FileFacts:
    frontend = registry.frontend_for("a.py")
    assert frontend
    return frontend.extract(text)


def only_file(path: str, facts: FileFacts, kept: Kept, digest: str = "d") -> File:
    return link([(SourceFile(path, "python", Role.CODE, digest), facts)], kept=kept).files[0]


def test_an_answer_is_worked_out_once_for_a_content_and_without_its_place() -> None:
    facts, kept = facts_of("def f(): pass\n"), Kept()
    asked.clear()
    first = names(only_file("shop/a.py", facts, kept))
    again = names(only_file("shop/b.py", facts, Kept(kept.fresh())))
    assert first == again == ["<module>", "f"]
    assert asked == [""]


def test_nothing_is_kept_of_what_has_no_digest() -> None:
    kept = Kept()
    assert names(only_file("a.py", facts_of("def f(): pass\n"), kept, "")) == ["<module>", "f"]
    assert names(only_file("a.py", facts_of("def g(): pass\n"), kept, "")) == ["<module>", "g"]
    assert kept.fresh() == {}


def derivations() -> list[Derivation[object]]:
    """Every derivation of ours."""
    modules = [import_module(rule.check.__module__) for rule in registry.rules().values()]
    known = [*modules, *(module for name, module in sys.modules.items() if name.startswith("seatrial.program."))]
    held = [value for module in known for value in vars(module).values() if isinstance(value, Derivation)]
    return list(dict.fromkeys(held))


def told() -> bytes:
    """What all derivations say of this very file."""
    kept = Kept()
    file = only_file("a.py", facts_of(TEXT), kept)
    for derivation in derivations():
        derivation(file)
    return next(iter(kept.fresh().values()))


@pytest.mark.parametrize("seed", ["1", "2"])
def test_answers_are_the_same_in_every_process(seed: str) -> None:
    code = "import sys, test_derived; sys.stdout.buffer.write(test_derived.told())"
    place = Path(__file__).parent
    done = subprocess.run(
        [sys.executable, "-c", code],
        check=True,
        capture_output=True,
        cwd=place,
        env={**os.environ, "PYTHONHASHSEED": seed},
    )
    assert msgspec.msgpack.decode(done.stdout) == msgspec.msgpack.decode(told())
    assert len(derivations()) > 1


def test_answers_come_back_as_they_went() -> None:
    facts, kept = facts_of(TEXT), Kept()
    for derivation in derivations():
        first = derivation(only_file("a.py", facts, kept))
        assert derivation(only_file("a.py", facts, Kept(kept.fresh()))) == first
