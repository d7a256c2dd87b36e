def collect(rows, limit, x):
    flat = [cell * limit for row in rows if row for cell in row if cell > limit if x]
    table = {key: value for key, value in rows.items()}
    unique = {x for x in rows}
    lazy = sum(x.size for x in rows)
    if any((hit := row) for row in rows):
        return hit, x
    return flat, table, unique, lazy


async def stream(source):
    return [item async for item in source]
