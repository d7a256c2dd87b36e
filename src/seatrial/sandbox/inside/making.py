"""Makes values of a shape, small ones first, and makes those that were found smaller."""

import datetime as dt
import decimal
import types

_LETTERS = "ab z-_.Aé0"
_WHOLES = (0, 1, -1, 2, 10, 100, 255, -7)
_REALS = (0.0, 1.0, -1.0, 0.5, 0.1, 2.675, 1e-9, 1e6, 99.99)
_TEXTS = ("", " ", "a", "A b", "Hello World", "x@example.org", "2026-01-02", "12", "é", "a-b_c")


class Maker:
    """Makes values from a source of chance. `literals` are those that the code compares with."""

    def __init__(self, chance, literals):
        self._chance = chance
        self._wholes = [*_WHOLES, *(n + d for n in literals if type(n) is int and abs(n) < 10**9 for d in (-1, 0, 1))]
        self._reals = [*_REALS, *(n + d for n in literals if type(n) is float for d in (-0.01, 0.0, 0.01))]
        self._texts = [*_TEXTS, *(one for one in literals if isinstance(one, str) and len(one) < 40)]

    def value(self, shape, size):
        """A value; `size` bounds its length and amount."""
        return getattr(self, "_" + shape[0].replace(" ", "_"))(size, *shape[1:])

    def _number(self, size):
        return self._whole(size) if self._chance.random() < 0.5 else self._real(size)

    def _whole(self, size):
        return (
            self._chance.choice(self._wholes) if self._chance.random() < 0.5 else self._chance.randint(-size, size * 9)
        )

    def _real(self, size):
        plain = self._chance.random() < 0.5
        return self._chance.choice(self._reals) if plain else round(self._chance.uniform(-size, size * 9), 2)

    def _text(self, size):
        if self._chance.random() < 0.5:
            return self._chance.choice(self._texts)
        return "".join(self._chance.choice(_LETTERS) for _ in range(self._chance.randint(0, size)))

    def _truth(self, _):
        return self._chance.random() < 0.5

    def _nothing(self, _):
        return None

    def _bytes(self, size):
        return self._text(size).encode()

    def _decimal(self, size):
        return decimal.Decimal(str(self._real(size)))

    def _day(self, size):
        return dt.date(2026, 1, 1) + dt.timedelta(days=self._whole(size))

    def _moment(self, size):
        return dt.datetime(2026, 1, 1) + dt.timedelta(minutes=self._whole(size) * 7)  # noqa: DTZ001 -- what most code takes

    def _while(self, size):
        return dt.timedelta(seconds=self._whole(size))

    def _one_of(self, _, values):
        return self._chance.choice(values)

    def _any(self, size, shapes):
        return self.value(self._chance.choice(shapes), size)

    def _list(self, size, inner):
        return [self.value(inner, size) for _ in range(self._chance.randint(0, min(size, 8)))]

    def _set(self, size, inner):
        return set(self._list(size, inner))

    def _tuple_of(self, size, inner):
        return tuple(self._list(size, inner))

    def _tuple(self, size, shapes):
        return tuple(self.value(one, size) for one in shapes)

    def _dict(self, size, keys, values):
        return {self.value(keys, size): self.value(values, size) for _ in range(self._chance.randint(0, min(size, 6)))}

    def _record(self, size, shapes):
        return {key: self.value(shape, size) for key, shape in shapes.items()}

    def _object(self, size, shapes):
        return types.SimpleNamespace(**self._record(size, shapes))

    def _made(self, size, cls, shapes):
        return cls(**self._record(size, shapes))


def smaller(value):
    """Values that are a little simpler, the simplest first."""
    if isinstance(value, bool) or value is None:
        return
    if isinstance(value, (int, float)):
        yield from (one for one in (type(value)(0), type(value)(1), type(value)(int(value / 2))) if one != value)
    elif isinstance(value, (str, bytes, list, tuple)):
        yield from _shorter(value)
    elif isinstance(value, dict):
        yield from ({**value, key: one} for key in value for one in smaller(value[key]))
    elif isinstance(value, types.SimpleNamespace):
        yield from (types.SimpleNamespace(**one) for one in smaller(vars(value)))


def _shorter(value):
    if len(value) > 1:
        yield from (value[: len(value) // 2], value[len(value) // 2 :])
    yield from (value[:n] + value[n + 1 :] for n in range(len(value)))
    if isinstance(value, (list, tuple)):
        for n, inner in enumerate(value):
            yield from (value[:n] + type(value)([one]) + value[n + 1 :] for one in smaller(inner))
