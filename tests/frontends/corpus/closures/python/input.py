def outer(a):
    count = 0
    late = None

    def inner(b=count):
        nonlocal count
        count += 1
        return a + b + late

    late = lambda c: c + a
    return inner, [lambda: item for item in a]


class Holder:
    limit = 3

    def method(self):
        return limit, self.limit
