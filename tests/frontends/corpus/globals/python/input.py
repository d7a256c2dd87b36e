cache = None


def fill(key):
    global cache, made_here
    cache = {}
    cache[key] = 1
    made_here = cache
    return cache.get(key)


def read():
    return made_here, cache
