"""The program: facts of all files, linked.

program = link(sources)
for function in program.code:
    for call in function.calls:
        program.target(function, call)      # functions of the program, or a library's, with its model
        program.type_of(function, value)
"""

from seatrial.program.calls import Target
from seatrial.program.parts import LOOPS, Class, File, Function
from seatrial.program.program import Program, link
from seatrial.program.type import Type

__all__ = ["LOOPS", "Class", "File", "Function", "Program", "Target", "Type", "link"]
