def act(command, kinds):
    match command:
        case ["go", direction, *rest]:
            move(direction, rest)
        case {"op": op, kinds.KEY: value, **more} if op:
            return more
        case Point(x, y=0) | Point(y, x=0):
            plot(x, y)
        case (1 | "one") as number:
            count(number)
        case kinds.STOP | None:
            raise Stop
        case other:
            op = other
    return op


def pair(a, b):
    match a, b:
        case 0, _:
            return a
        case x, [y]:
            return x + y
