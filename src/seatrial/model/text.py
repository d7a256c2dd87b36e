"""Text made fit to show: from strangers, and of numbers."""


def printable(text: str) -> str:
    r"""The text on one line, with all that does not print written out: `\x1b`, `\n`, `\u202e` (bidirectional override).

    File names, messages and code lines come from audited repositories: raw, they could move the cursor, hide text
    or forge lines. Lone surrogates are written out too, so that the result always encodes as UTF-8. A tab becomes
    a space.
    """
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else " " if c == "\t" else ascii(c)[1:-1] for c in text)


def counted(number: int, noun: str) -> str:
    """`1 unit`, `1,200 units`: for nouns that form their plural so."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def as_kept(data: bytes) -> bytes:
    """A text with the line ends that git keeps, whatever the checkout made of them; what is no text as it is.

    See gitattributes(5), `text`: on Windows git writes CRLF, and takes it back when it adds a file.
    """
    return data if b"\0" in data else data.replace(b"\r\n", b"\n")
