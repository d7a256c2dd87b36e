"""The review room in a terminal: the same steps as in the browser, one question after the other."""

from collections.abc import Callable

from msgspec.structs import replace

from seatrial.app.review import pace, signature, together
from seatrial.app.review.opening import Opened
from seatrial.app.review.room import Given
from seatrial.app.review.session import Session
from seatrial.app.review.steps import ReviewError
from seatrial.errors import SeatrialError
from seatrial.model.signoff import Mark
from seatrial.model.text import counted
from seatrial.surfaces.cli._calibration import calibrate, mirror
from seatrial.surfaces.cli._outright import declare
from seatrial.surfaces.cli._terminal import Terminal

_HELP = """\
At any question:
  c            show the code again      c 10-30      show some lines
  ! 12 TEXT    remark a defect          w N, x N     keep answer N as a why, as a draft of a decision
  u            I do not understand this: ends the review without a verdict and without blame
  ?            this list                q            stop; what was said is kept"""

_OWN = (
    "You changed some of this yourself: your sign-off would not count. Somebody else must review it.",
    "What you wrote without a model you can sign as your own: `o` and its number at the list of packs.",
)
_WHICH = "Which pack? (Enter: 1, o 1: sign it without a review, k: calibrate, m: your mirror, q: stop)"


class _Stop(Exception):  # noqa: N818 - no error: the person goes
    """The person stops here."""


def review(opened: Opened, terminal: Terminal | None = None) -> None:
    """Reviews packs until the person stops or none is left. What was said is kept after each answer."""
    terminal, room = terminal or Terminal(), opened.room
    try:
        while pack_id := _chosen(opened, terminal):
            _Talk(opened, terminal, room.open(pack_id)).run()
    except _Stop:
        terminal.say(["What you said is kept. `seatrial review --tty` goes on with it."])


def _chosen(opened: Opened, terminal: Terminal) -> str:
    room = opened.room
    ended = together.waiting(room)
    left = [pack for pack in room.left if pack.id not in ended]
    terminal.say(f"not read, and in no pack: {gap.path}, {gap.reason}" for gap in room.material.gaps)
    if not left:
        terminal.say(["Nothing waits for you."])
        return ""
    for number, pack in enumerate(left[:20], 1):
        slice_ = f"  ({pack.slice})" if pack.slice else ""
        size = f"{counted(pack.size, 'line')} in {counted(len(pack.units), 'unit')}"
        terminal.say([f"{number:3}  {', '.join(pack.paths)}  {size}{slice_}"])
    if len(left) > 20:
        terminal.say([f"     and {len(left) - 20} more"])
    while (word := terminal.read(_WHICH).strip()) != "q":
        if word in {"k", "m"}:
            (calibrate if word == "k" else mirror)(room, terminal)
        elif word[:2] == "o " and word[2:].isdigit() and 1 <= int(word[2:]) <= len(left):
            declare(opened, terminal, left[int(word[2:]) - 1])
        elif (word or "1").isdigit() and 1 <= int(word or "1") <= len(left):
            return left[int(word or "1") - 1].id
    raise _Stop


class _Talk:
    """One session, from the code to the signature."""

    def __init__(self, opened: Opened, terminal: Terminal, session: Session) -> None:
        self._opened, self._room, self._terminal = opened, opened.room, terminal
        self._id = session.id
        self._since = terminal.clock()

    @property
    def _session(self) -> Session:
        return self._room.session(self._id)

    def run(self) -> None:
        """Leads through what is still to be done."""
        say = self._terminal.say
        self._code("")
        if self._room.is_author(self._session.pack):
            say(_OWN)
        if self._room.canaries:
            say(["This session may contain planted defects. What was planted is told at its end."])
        say(["? lists what you can type."])
        for step in (self._predict, self._show, self._judge, self._rate, self._end, self._restate, self._sign):
            if self._session.not_understood or self._session.signed:
                return
            step()

    def _predict(self) -> None:
        """All answers first: nothing is shown before each is there."""
        while not self._session.revealed:
            given = []
            for question in self._room.questions(self._session):
                self._terminal.say(["", f"[{question.lens}] {question.text}"])
                given.append(Given(self._ask("Your answer:"), self._ask("Lines it rests on:")))
                if self._session.not_understood:
                    return
            self._try(lambda given=given: self._room.predict(self._id, given))  # type: ignore[misc]  # the default binds

    def _show(self) -> None:
        found = self._room.revealed(self._session)
        assert found is not None
        say = self._terminal.say
        say(["", "What was found:"] if found.findings else ["", "Machines found nothing in these lines."])
        views = self._room.views(self._session)
        for judged in found.findings:
            one = judged.finding
            line = views[one.place.path].shown(one.place.line)
            say([f"  {one.severity} {one.place.path}:{line}  {one.message} ({one.rule})"])
            say(f"    {piece.trial}: {piece.outcome.value}, {piece.reason}" for piece in judged.evidence)
        for entry, signoff in found.others:
            verdicts = ", ".join(f"{one.id} {one.verdict}" for one in signoff.criteria)
            say([f"  {signoff.reviewer} signed {entry.id[:8]}: {verdicts}"])
        for path in self._session.pack.paths:
            known = self._room.known(path)
            say(f"  decided: {record.id} {record.title}" for record in known.records)
            say(f"  why {one.symbol or one.path}: {one.because}" for one in known.whys)
        for number, prediction in enumerate(self._session.predictions):
            if not prediction.outcome and not self._session.disclosed:
                said = self._ask(f"What came out of answer {number + 1} ({prediction.text[:40]})? (Enter: nothing)")
                if said:
                    self._try(lambda n=number, said=said: self._room.conclude(self._id, n, said))  # type: ignore[misc]  # as above

    def _judge(self) -> None:
        for criterion in self._session.criteria:
            while not self._is_over and criterion not in {one.criterion for one in self._session.judgements}:
                self._terminal.say(["", f"{criterion}: {self._room.meaning(criterion)}"])
                mark = self._ask(f"{', '.join(Mark)}?")
                said = [self._ask("Why?")] if mark in set(Mark) else [""]
                if mark == Mark.CONDITIONAL:
                    said += [self._ask("Who sees to it?"), self._ask("Until which day? (2027-01-31)")]
                self._try(lambda c=criterion, m=mark, s=said: self._room.judge(self._id, c, m, *s))  # type: ignore[misc]  # as above

    def _rate(self) -> None:
        while not self._is_over and not self._session.understanding:
            looked = self._ask("How thoroughly did you look? low, medium, high:")
            understood = self._ask("How well do you understand it? low, medium, high:")
            models = self._ask("Models that helped you? (Enter: none)")
            self._try(lambda a=looked, b=understood, m=models: self._room.rate(self._id, a, b, m))  # type: ignore[misc]  # as above

    def _end(self) -> None:
        while not self._is_over:
            missing = self._room.missing(self._session)
            if not missing:
                self._room.end(self._id)
                break
            self._terminal.say(missing)
            self._ask("Look again (c), then Enter:")
        for one in self._room.disclosed(self._session):
            what = "you caught it" if one.caught else "it went past you"
            self._terminal.say([f"planted: {one.slip} at {one.path}:{one.line}: {what}"])
            self._terminal.say(f"  - {line}" for line in one.after)
            self._terminal.say(f"  + {line}" for line in one.before)

    def _restate(self) -> None:
        for number in self._room.misled(self._session):
            self._terminal.say([f"Answer {number + 1} rests on a planted line. What holds of the code as it is?"])
            while number in self._room.misled(self._session):
                said = self._ask("Said anew:")
                self._try(lambda n=number, said=said: self._room.restate(self._id, n, said))  # type: ignore[misc]  # as above

    def _sign(self) -> None:
        found = self._opened.signature
        if waits := together.missing(self._room, self._session):
            self._terminal.say(waits)
            return
        if found is None:
            self._terminal.say(["Nobody can sign here: `--key` names the key to sign with."])
            raise _Stop
        units = len(self._session.pack.units)
        if self._ask(f"Sign {counted(units, 'unit')} as {found.principal}? Type yes:") != "yes":
            raise _Stop
        signed = signature.sign(self._room, self._id, replace(found, where=None))
        self._terminal.say([f"Signed: {signed.signed}. Commit it with the code.", ""])

    @property
    def _is_over(self) -> bool:
        return self._session.disclosed is not None

    def _ask(self, prompt: str) -> str:
        """An answer; what is typed beside it is done on the way. Empty once the session is over."""
        while True:
            word = self._terminal.read(prompt).strip()
            now = self._terminal.clock()
            units = [unit.name for unit in self._session.pack.units]
            self._room.watch(self._id, now - self._since, units, pace.LONGEST_READ)
            self._since = now
            if word == "q":
                raise _Stop
            if word == "u":
                self._give_up()
                return ""
            if not self._is_aside(word):
                return word

    def _is_aside(self, word: str) -> bool:
        if word == "?":
            self._terminal.write(_HELP)
        elif word == "c" or word.startswith("c "):
            self._code(word[1:].strip())
        elif word.startswith("!"):
            line, _, text = word[1:].strip().partition(" ")
            self._try(lambda: self._remark(line, text))
        elif word[:2] in {"w ", "x "} and word[2:].strip().isdigit():
            self._try(lambda: self._keep(word[0], int(word[2:]) - 1))
        else:
            return False
        return True

    def _remark(self, line: str, text: str) -> None:
        from seatrial.app.review import references  # noqa: PLC0415 - needed here alone

        places = references.lines(line, self._session.pack.paths)
        if not places:
            raise ReviewError("say at which line: ! 12 TEXT")
        self._room.remark(self._id, places[0].path, places[0].number, text)
        self._terminal.say(["noted"])

    def _keep(self, key: str, number: int) -> None:
        from seatrial.app.review import keeping  # noqa: PLC0415 - needed here alone

        kept = (keeping.as_why if key == "w" else keeping.as_decision)(self._room, self._id, number)
        self._terminal.say([f"{kept} is written"])

    def _give_up(self) -> None:
        what = ""
        while not what:
            what = self._terminal.read("What do you not understand?").strip()
        self._room.give_up(self._id, what)
        self._terminal.say(["That is a result: whoever reviews it next sees these words. Ask the author to split it."])

    def _code(self, wanted: str) -> None:
        """The files of the pack, or lines of them; changed lines are marked."""
        first, _, last = wanted.partition("-")
        start = int(first) if first.isdigit() else 1
        end = int(last) if last.isdigit() else start if wanted else 10**9
        for path, view in self._room.views(self._session).items():
            units = [unit for unit in self._session.pack.units if unit.symbol.path == path]
            fresh = {view.shown(line) for unit in units for line in unit.changed}
            self._terminal.say(["", path])
            for number, line in enumerate(view.lines, 1):
                if start <= number <= end:
                    self._terminal.code(number, line, "+" if number in fresh else " ")

    def _try(self, action: Callable[[], object]) -> None:
        try:
            action()
        except SeatrialError as error:
            self._terminal.say([str(error)])
