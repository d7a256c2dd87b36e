"""The side of a mail server, which speaks first: who sends mail waits for its greeting, and says nothing till then."""

from io import BufferedIOBase

READY, AWAY = b"220 seatrial\r\n", b"421 seatrial\r\n"
"""Source: RFC 5321, "Command-Reply Sequences"."""
_DONE, _GO_ON, _BYE = b"250 seatrial\r\n", b"354 seatrial\r\n", b"221 seatrial\r\n"
_END = b".\r\n"
_LONGEST = 65_537


def take(heard: BufferedIOBase, said: BufferedIOBase) -> None:
    """Takes what mail somebody has, until they leave. It offers nothing beyond the plainest: no TLS, no login."""
    said.write(READY)
    while line := heard.readline(_LONGEST):
        verb = line[:4].upper()
        if verb == b"DATA":
            said.write(_GO_ON)
            while heard.readline(_LONGEST) not in (_END, b""):
                pass
        said.write(_BYE if verb == b"QUIT" else _DONE)
        if verb == b"QUIT":
            return
