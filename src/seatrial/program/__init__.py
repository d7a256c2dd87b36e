"""The program: facts of all files, linked.

program = link(sources)
for function in program.code:
    for call in function.calls:
        program.target(function, call)      # functions of the program, or a library's, with its model
        program.type_of(function, value)
"""

from seatrial.program.calls import Target
from seatrial.program.effects import Effect
from seatrial.program.loops import Loop
from seatrial.program.parts import LOOPS, Class, File, Function
from seatrial.program.program import Program, link
from seatrial.program.queries import Query
from seatrial.program.running import by_hand
from seatrial.program.serving import Serving
from seatrial.program.sizes import Size
from seatrial.program.taint import Flow, Sinking
from seatrial.program.type import Type
from seatrial.program.words import listed, written

__all__ = [
    "LOOPS",
    "Class",
    "Effect",
    "File",
    "Flow",
    "Function",
    "Loop",
    "Program",
    "Query",
    "Serving",
    "Sinking",
    "Size",
    "Target",
    "Type",
    "by_hand",
    "link",
    "listed",
    "written",
]
