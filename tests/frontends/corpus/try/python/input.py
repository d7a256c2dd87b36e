def load(path):
    data = None
    try:
        data = open(path)
        size = data.size
    except (OSError, ValueError) as error:
        log(error, data)
        raise Failed from error
    except KeyError:
        pass
    except Exception:
        return data
    else:
        data.ok()
    finally:
        close(data)
    return size


def bare():
    try:
        work()
    except:
        raise


def groups():
    try:
        work()
    except* OSError as group:
        log(group)
