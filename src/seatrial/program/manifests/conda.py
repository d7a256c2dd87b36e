"""Read conda's `environment.yml` as far as dependencies go, line by line: `- name=1.2`, and the `- pip:` list below."""

from seatrial.program.manifests.reading import Reading, Slot

_NOT_PYTHON = frozenset({"python", "pip", "nodejs", "gcc", "cudatoolkit", "cuda", "make", "cmake", "git"})


def read(path: str, text: str) -> Reading:
    """What an environment file says. Conda's own version syntax is not read: such entries allow every version."""
    reading = Reading(path)
    inside, in_pip = False, False
    for number, raw in enumerate(text.splitlines(), start=1):
        line = raw.split(" #")[0].rstrip()
        if line and not line[0].isspace() and not line.startswith(("-", "#")):
            inside = line.startswith("dependencies:")
            reading.declares |= inside
            in_pip = False
        item = line.strip().removeprefix("- ").strip().strip("\"'")
        if not inside or not line.strip().startswith("- "):
            continue
        if item == "pip:":
            in_pip = True
        elif in_pip and raw.startswith((" " * 4, "\t")):
            _pip(reading, item, number)
        else:
            in_pip = False
            _conda(reading, item, number)
    return reading


def _pip(reading: Reading, item: str, line: int) -> None:
    if not item.startswith("-") and "://" not in item.split("@", maxsplit=1)[0]:
        reading.add(item, Slot(line))


def _conda(reading: Reading, item: str, line: int) -> None:
    name = item.rpartition("::")[2]
    for stop in "=<>! [":
        name = name.split(stop)[0]
    if name and name.lower() not in _NOT_PYTHON:
        reading.keep(name, Slot(line), direct=f"conda:{name}")
