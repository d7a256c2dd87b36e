"""How the rules of other scanners are named here: `scanner/rule`."""

import re

_ODD = re.compile(r"[^a-z0-9.+]+")
_BREAKS = re.compile(r"[\s,\[\]]+")
"""What would end a rule's name in a comment `allow[...]`."""


def scanner_name(name: str) -> str:
    """A scanner's name as rules begin with it: `Semgrep OSS` becomes `semgrep-oss`."""
    return _ODD.sub("-", name.lower()).strip("-") or "unnamed"


def rule_name(scanner: str, rule: str) -> str:
    """The name of a scanner's rule: `B608` of `Bandit` becomes `bandit/B608`."""
    return f"{scanner_name(scanner)}/{_BREAKS.sub('-', rule.strip()) or 'unnamed'}"
