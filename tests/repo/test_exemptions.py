"""Whatever is exempt from a check says why, on its line."""

import io
import re
import tokenize
from collections.abc import Iterator

from repository import files, text

EXEMPTION = re.compile(r"#\s*(?:noqa|type:\s*ignore|pragma:\s*no cover)")
REASONED = re.compile(
    r"#\s*(?:noqa:\s*[A-Z]+\d+(?:,\s*[A-Z]+\d+)*|type:\s*ignore\[[\w, -]+\]|pragma:\s*no cover)"
    r"\s*(?:#|--?)\s*[\w`].{4,}"
)


def comments(path: str) -> Iterator[tuple[int, str]]:
    for token in tokenize.generate_tokens(io.StringIO(text(path)).readline):
        if token.type == tokenize.COMMENT:
            yield token.start[0], token.string


def test_every_exemption_has_a_reason() -> None:
    checked = [path for path in files(".py") if not path.startswith("examples/") and "/corpus/" not in path]
    exempt = [(path, line, said) for path in checked for line, said in comments(path) if EXEMPTION.search(said)]
    assert exempt
    assert [one for one in exempt if not REASONED.search(one[2])] == []


def test_every_exception_of_the_linters_and_contracts_has_a_reason() -> None:
    settings = text("pyproject.toml")
    codes = re.findall(r'^\s+"[A-Z]+\d*",.*$', settings, re.MULTILINE)
    assert codes
    assert [line for line in codes if "#" not in line] == []
    loosened = re.findall(r"^allow_indirect_imports.*$", settings, re.MULTILINE)
    assert [line for line in loosened if "#" not in line] == []
