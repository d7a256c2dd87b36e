"""The life of a repository with real git and real keys: in whatever order it goes, the gate never opens with less."""

from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from keys import public
from office import ADA, BOB, Office
from seatrial.model.standing import SHUT, Standing
from seatrial.surfaces.cli.main import run
from trees import commit, git

BODIES = ("return 1", "return 2", "return 3")
UNITS = ("f", "g")
PEOPLE = st.sampled_from([ADA, BOB])
TEXT = "def f():\n    {f}\n\n\ndef g():\n    {g}\n"


class Life(RuleBasedStateMachine):
    """Two architects and one module; `saw` remembers who signed which code, and whether that was merged."""

    @initialize()
    def begin(self) -> None:
        self.folder = TemporaryDirectory()
        self.code = dict.fromkeys(UNITS, BODIES[0])
        self.path = "shop/orders.py"
        self.office = Office(Path(self.folder.name), {self.path: TEXT.format(**self.code)}).open().branch("b0")
        self.names = (f"b{number}" for number in count(1))
        self.branch = "b0"
        self.saw: list[tuple[str, str, str]] = []
        self.merged: list[tuple[str, str, str]] = []
        self.revoked: set[str] = set()
        self.ended: set[str] = set()
        self.broken = False

    def teardown(self) -> None:
        found = self._found()
        is_open = not found.faults and not any(one.state in SHUT for one in found.units)
        assert run(["gate", str(self.office.root), "--base", "main"]) == (0 if is_open else 1)
        self.folder.cleanup()

    def _found(self) -> Standing:
        return self.office.standing()

    def _on_main(self, name: str, text: str) -> None:
        """Changes one file on main, as whoever governs may."""
        git(self.office.root, "checkout", "-q", "main")
        self.office.write({f".seatrial/{name}": text})
        git(self.office.root, "checkout", "-q", self.branch)

    @precondition(lambda self: not self.broken)
    @rule(who=PEOPLE, units=st.sets(st.sampled_from(UNITS), min_size=1))
    def sign(self, who: str, units: set[str]) -> None:
        if who in self.revoked | self.ended:
            return  # signing is refused, which test_agents shows
        self.office.sign(*units, who=who, path=self.path)
        self.saw += [(who, unit, self.code[unit]) for unit in units]

    @rule(unit=st.sampled_from(UNITS), body=st.sampled_from(BODIES))
    def change(self, unit: str, body: str) -> None:
        self.code[unit] = body
        self.office.write({self.path: TEXT.format(**self.code)})

    @rule(path=st.sampled_from(["shop/orders.py", "shop/moved.py"]))
    def move(self, path: str) -> None:
        (self.office.root / self.path).rename(self.office.root / path)
        self.path = path
        commit(self.office.root)

    @rule(who=PEOPLE)
    def revoke(self, who: str) -> None:
        self.revoked.add(who)
        self._on_main("revoked_keys", "".join(f"{public(self.office.keys[one])}\n" for one in sorted(self.revoked)))

    @rule(who=PEOPLE)
    def end(self, who: str) -> None:
        """The key ended long ago: what is not merged yet counts no longer, and nor does what came after that."""
        self.ended.add(who)
        lines = self.office.allowed.splitlines(keepends=True)
        past = [line.replace("namespaces", 'valid-before="20200101",namespaces') for line in lines]
        ended = [old if line.split()[0] in self.ended else line for line, old in zip(lines, past, strict=True)]
        self._on_main("allowed_signers", "".join(ended))

    @precondition(lambda self: not self.broken)
    @rule()
    def merge(self) -> None:
        self.office.merge(self.branch)
        self.branch = next(self.names)
        self.office.branch(self.branch)
        self.merged, self.saw = [*self.merged, *self.saw], []

    @precondition(lambda self: self.merged)
    @rule()
    def forget(self) -> None:
        """The change takes away a record that was merged."""
        for record in sorted((self.office.root / ".seatrial/signoffs").glob("*/*/*.json"))[:1]:
            merged = git(self.office.root, "ls-tree", "-r", "--name-only", "main").split()
            if record.relative_to(self.office.root).as_posix() in merged:
                record.unlink()
                commit(self.office.root)
                self.broken = True

    def _justified(self, unit: str) -> bool:
        seen = [*self.saw, *self.merged]
        void = self.revoked | self.ended
        return any((unit, self.code[unit]) == (what, how) and who not in void for who, what, how in seen)

    @invariant()
    def it_is_open_only_for_what_somebody_saw(self) -> None:
        found = self._found()
        assert not self.broken or found.faults
        for one in found.units:
            assert one.state in SHUT or self._justified(one.name)


@pytest.mark.slow
def test_a_life_with_real_keys() -> None:
    few = settings(
        max_examples=12, stateful_step_count=10, deadline=None, suppress_health_check=list(HealthCheck), database=None
    )
    run_state_machine_as_test(Life, settings=few)
