"""Reads what SSH writes: lengths before everything (RFC 4251, section 5)."""


class WireError(Exception):
    """The bytes do not have the form; `str` says what is wrong with them."""


class Reader:
    """Takes fields off a blob, one after another. Each method raises `WireError` when the blob ends too early."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def take(self, count: int) -> bytes:
        """The next `count` bytes."""
        taken = self._data[self._at : self._at + count]
        if len(taken) < count:
            raise WireError("it ends too early")
        self._at += count
        return taken

    def number(self, size: int = 4) -> int:
        """The next number of `size` bytes, the highest first."""
        return int.from_bytes(self.take(size))

    def string(self) -> bytes:
        """The next bytes with their length before them."""
        return self.take(self.number())

    def mpint(self) -> int:
        """The next number of any length; negative ones, which no key or signature holds, are refused."""
        data = self.string()
        if data[:1] > b"\x7f":
            raise WireError("it holds a negative number")
        return int.from_bytes(data)

    @property
    def left(self) -> int:
        """How many bytes are left."""
        return len(self._data) - self._at

    def end(self) -> None:
        """Raises `WireError` if something is left: two readers might then understand two things."""
        if self.left:
            raise WireError(f"{self.left} bytes are left over")


def string(data: bytes) -> bytes:
    """The bytes with their length before them."""
    return len(data).to_bytes(4) + data
