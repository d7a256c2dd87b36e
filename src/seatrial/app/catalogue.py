"""The rules as users read them: one page, or the list."""

from seatrial import registry
from seatrial.app.blame import nearest
from seatrial.errors import ConfigError
from seatrial.model.verdict import RuleInfo
from seatrial.rules.contract import Rule, mend, sentence, why


def page(rule_id: str) -> RuleInfo:
    """The rule of this id with its page. Raises `ConfigError` that names the nearest if there is none."""
    if rule_id not in registry.rule_ids():
        raise ConfigError(f"there is no rule `{rule_id}`; {nearest(rule_id, registry.rule_ids())}")
    return info(registry.rule(rule_id))


def rules() -> tuple[RuleInfo, ...]:
    """All rules, in order of quality and id."""
    return tuple(map(info, registry.rules().values()))


def markdown(rule: RuleInfo) -> str:
    """The page of a rule with a head that says its id, quality, severity and weaknesses."""
    weaknesses = "".join(f", CWE-{number}" for number in rule.cwe)
    return f"# {rule.id}\n\n*{rule.quality}, {rule.severity}{weaknesses}*\n\n{rule.page.strip()}\n"


def info(rule: Rule) -> RuleInfo:
    """What reports and readers need to know of a rule."""
    page = rule.page
    words = (sentence(page), why(page), mend(page), page)
    return RuleInfo(rule.id, rule.quality, rule.severity, rule.cwe, rule.category, *words, rule.confirmed_by)
