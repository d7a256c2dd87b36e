"""How a use case tells what it is doing. Surfaces make a bar or a line of it; this one keeps silent."""


class Progress:
    """Hears of the steps of a long piece of work."""

    def step(self, name: str, total: int = 0) -> None:
        """A step begins: what is done, in a word or two, and how many things there are to do (0: not known)."""

    def advance(self, count: int = 1) -> None:
        """So many more of the step's things are done."""

    def note(self, text: str) -> None:
        """Something that only those who ask for details want to read."""
