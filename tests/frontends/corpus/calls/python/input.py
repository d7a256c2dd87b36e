def f(g, *args, **kw):
    g(1, *args, key=2, **kw)
    g.method(lambda: 0).other(x for x in args)
    g()()
    g.items[0](1)
    print(
        g,
        sep="",
    )
    (g)(1)
