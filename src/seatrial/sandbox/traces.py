"""What a program printed of the errors that it ended with."""

import re

_ERROR = re.compile(r"Traceback \(most recent call last\):\n(?:[ \t][^\n]*\n|\n)+(?P<error>\S[^\n]*)")
_LED_TO = re.compile(r"\n(?:The above exception was the direct cause|During handling of the above exception)")
_INSTALLED = re.compile(r"site-packages/(\w+)")
_FRAME = re.compile(r'^  File "([^"]+)"[^\n]*\n((?:    [^\n]*\n)*)', re.MULTILINE)
_PLACE = re.compile(r'^  File "([^"]+)", line (\d+)', re.MULTILINE)
COPY = re.compile(r"^.*/seatrial-\w+/tree/")
"""The folder of the copy that runs."""
_PACKAGE = re.compile(r"^(?:\w+\.)+(?=\w+(?::|$))")


def ended_with(printed: str) -> tuple[str, str]:
    """The last error that was printed, as `Kind: text`, and how it came about; both empty if there is none."""
    chain = _last_chain(printed)
    return (_PACKAGE.sub("", chain[-1]["error"]), chain[-1][0]) if chain else ("", "")


def reasons(printed: str) -> str:
    """The errors of which the last one that was printed came, a line each, and itself; empty if there is none."""
    return "\n".join(found["error"] for found in _last_chain(printed))


def libraries(printed: str) -> str:
    """The packages that the last errors came through, a line each; empty if there are none."""
    return "\n".join(name for found in _last_chain(printed) for name in _INSTALLED.findall(found[0]))


def own_lines(printed: str) -> str:
    """What the lines of the program itself say that the last errors came through; empty if there are none."""
    frames = (frame for found in _last_chain(printed) for frame in _FRAME.findall(found[0]))
    return "\n".join(said for file, said in frames if "site-packages" not in file)


def own_place(printed: str) -> str:
    """`path:line` of the program itself where the last error was raised; empty if that was elsewhere."""
    chain = _last_chain(printed)
    places = _PLACE.findall(chain[-1][0]) if chain else []
    file, line = places[-1] if places else ("", "")
    return f"{COPY.sub('', file)}:{line}" if COPY.match(file) and "site-packages" not in file else ""


def _last_chain(printed: str) -> list[re.Match[str]]:
    chain: list[re.Match[str]] = []
    for found in _ERROR.finditer(printed):
        is_next = bool(chain) and _LED_TO.search(printed[chain[-1].end() : found.start()]) is not None
        chain = [*chain, found] if is_next else [found]
    return chain
