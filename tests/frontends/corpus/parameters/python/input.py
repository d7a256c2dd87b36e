def f(a, b=1, *args, c, d=2, **kw): ...


def g(a, b: int = 1, /, e: "str" = None, *, c: list[int]) -> dict[str, "Later"]: ...


class Later: ...


h = lambda x, *y, z=g: (x, y, z)
