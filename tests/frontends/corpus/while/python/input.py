def poll(job):
    while not job.done():
        job = job.refresh()
    return job


def forever(queue):
    while True:
        item = queue.get()
        if item is None:
            break
        while item:
            item = item.next
    return item


def lines(stream):
    while chunk := stream.read(10):
        yield chunk
    else:
        yield
