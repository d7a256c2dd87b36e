def total(orders, rate):
    total = 0
    for order in orders:
        total += order.price() * rate
    return total


def search(items):
    found = None
    for index, (key, *rest) in enumerate(items):
        if key:
            found = rest
            break
        if index:
            continue
        found = key
    else:
        found = 0
    return found


def nested(rows, seen):
    for row in rows:
        for cell in row:
            seen = seen + cell
    return seen


def once(items):
    for item in items:
        return item


def early(items):
    for item in items:
        if item.first:
            keep(last)
        last = item
