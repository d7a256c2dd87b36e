"""Python, of any version from 2.7 to 3.14."""

from seatrial.frontends.contract import Frontend
from seatrial.frontends.python.extract import extract
from seatrial.frontends.python.grammar import VERSION

FRONTEND = Frontend(language="python", suffixes=(".py", ".pyi"), version="12", grammar=VERSION, extract=extract)
