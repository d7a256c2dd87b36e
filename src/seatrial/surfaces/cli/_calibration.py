"""A calibration round and the private mirror, in a terminal."""

from msgspec.structs import replace

from seatrial.app.review import calibration
from seatrial.app.review.calibration import Answer
from seatrial.app.review.mirror import reflect
from seatrial.app.review.room import Room
from seatrial.app.review.vigilance import PASSED, ROUND
from seatrial.surfaces.cli._terminal import Terminal


def calibrate(room: Room, terminal: Terminal) -> None:
    """Five functions, about half of them with a planted defect; what was true is told after each."""
    material = room.material
    now = calibration.begin(material.wanted.root, material.exclude, room.chance)
    if len(now.items) < ROUND:
        terminal.say(["There are not five functions here that can be judged by themselves."])
        return
    while item := now.item:
        terminal.say(["", f"{len(now.answers) + 1} of {ROUND}: {item.path}"])
        for number, line in enumerate(item.lines, 1):
            terminal.code(number, line)
        word = terminal.read("The line of the defect, or Enter if it is sound:").strip()
        if not word or word.isdigit():
            now = replace(now, answers=(*now.answers, Answer(is_sound=not word, line=int(word or 0))))
            terminal.say([now.feedback])
    room.store.keep_calibration(room.reviewer, now.rightly, passed=now.passed)
    what = "passed: your window begins anew" if now.passed else f"at least {PASSED} make a round pass"
    terminal.say([f"{now.rightly} of {ROUND} right; {what}."])


def mirror(room: Room, terminal: Terminal) -> None:
    """What the mirror page shows: nobody else ever sees it."""
    shown = reflect(room.store, room.reviewer)
    for name in shown["this_quarter"]:
        now, before = shown["this_quarter"][name], shown["last_quarter"][name]
        terminal.say([f"{name.replace('_', ' '):24} {now:>10} this quarter {before:>10} the last"])
    terminal.say([f"planted defects caught    {shown['caught']} of {shown['canaries']}; window {shown['window']}"])
    terminal.say([shown["nudge"]] if shown["nudge"] else [])
