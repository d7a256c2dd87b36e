def list(items):
    len = 3
    print = items.print
    print(len)
    return list(items)


def id():
    return max(id, open)
