def old(a):
    print "hello", a
    print >>a, "x"
    exec "code"
    try:
        unicode(a)
    except ValueError, error:
        raise ValueError, "no"
    return 0777, 10L
