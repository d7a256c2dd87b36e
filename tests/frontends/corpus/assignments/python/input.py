def f(p, q):
    a = b = p
    a, b = b, a
    [c, (d, *e)] = q
    p.x.y, p[0] = 1, q
    p.x += 1
    p[a:b] -= 2
    a *= 3
    n: int
    m: int = 4
    p.z: str = "s"
    del a, p.x, p[0]
    print(w := 5, w)
    return a
