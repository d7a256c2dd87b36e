def f(a, b, c):
    a + b * c - (a // b) % c
    a @ b ** c & a | b ^ c << a >> b
    not a and b or ~c
    a < b <= c
    a is not b
    a not in (b, c)
    a[b], a[b:c], a[::2], a[b, c], a[b,]
    {**a, "k": b, **{c: 1}}
    [*a, b], {a, *b}, ()
    -a
