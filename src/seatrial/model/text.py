"""Text from strangers, made fit to show."""


def printable(text: str) -> str:
    r"""The text on one line, with all that does not print written out: `\x1b`, `\n`, `\u202e` (bidirectional override).

    File names, messages and code lines come from audited repositories: raw, they could move the cursor, hide text
    or forge lines. Lone surrogates are written out too, so that the result always encodes as UTF-8. A tab becomes
    a space.
    """
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else " " if c == "\t" else ascii(c)[1:-1] for c in text)
