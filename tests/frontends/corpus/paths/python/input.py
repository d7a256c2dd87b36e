from settings import config

ROOT = config.ROOT
LIMIT = 3


def helper(value):
    return len(value) + LIMIT


class Order:
    def total(self):
        return helper(self.lines) + missing(ROOT, Order.objects)


helper(Order.objects.all())
alias = config
alias.get("x")
