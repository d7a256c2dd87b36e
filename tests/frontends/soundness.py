"""What holds for the facts of any text, in any language."""

from seatrial.model.facts import NONE, FileFacts, FunctionFacts, Phi, decode, encode, operands


def check(facts: FileFacts) -> None:
    """Fails if the facts break a promise of `seatrial.model.facts`."""
    assert decode(encode(facts)) == facts
    for index, function in enumerate(facts.functions):
        _check_values(function)
        _check_regions(function)
        assert NONE <= function.parent < len(facts.functions)
        assert (function.parent == NONE) == (index == 0)
        assert NONE <= function.cls < len(facts.classes)
        if index:
            _check_head(function, facts.functions[function.parent])
    for cls in facts.classes:
        around = len(facts.functions[cls.parent].values)
        assert facts.functions[cls.body].kind == "class"
        given = (*cls.bases, *cls.decorators, *(value for _, value in cls.keywords))
        assert all(NONE <= value < around for value in given)
    assert all(0 <= one.function < len(facts.functions) for one in facts.imports)


def _check_head(function: FunctionFacts, around: FunctionFacts) -> None:
    given = [function.returns, *function.decorators]
    given += [value for param in function.params for value in (param.annotation, param.default)]
    assert all(NONE <= value < len(around.values) for value in given)


def _check_values(function: FunctionFacts) -> None:
    count = len(function.values)
    for index, value in enumerate(function.values):
        limit = count if isinstance(value, Phi) else index
        assert all(operand < limit for operand in operands(value)), (function.qualname, index, value)
    assert all(0 <= value < count for value in function.names.values())


def _check_regions(function: FunctionFacts) -> None:
    for index, region in enumerate(function.regions):
        assert 0 <= region.start <= region.end <= len(function.values)
        assert NONE <= region.parent < index
        assert region.line <= region.end_line
        if region.parent != NONE:
            around = function.regions[region.parent]
            assert around.start <= region.start <= region.end <= around.end
        if region.subject != NONE and region.kind != "while":
            assert region.subject < region.start
    starts = [region.start for region in function.regions]
    assert starts == sorted(starts)
