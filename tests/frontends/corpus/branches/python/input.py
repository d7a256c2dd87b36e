def choose(a, b):
    if a:
        x = 1
    elif b:
        x = 2
        y = 3
    else:
        return None
    if not x:
        raise ValueError(x)
    if y:
        pass
    return x if b else y


def both(a):
    if a:
        return 1
    else:
        return 2
