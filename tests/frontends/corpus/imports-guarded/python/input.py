import typing
from typing import TYPE_CHECKING

try:
    import ujson as json
except ImportError:
    import json

try:
    import optional
except (AttributeError, ModuleNotFoundError):
    optional = None

try:
    import needed
except KeyError:
    raise

if TYPE_CHECKING:
    from a import A
else:
    from b import B

if typing.TYPE_CHECKING is True:
    from c import C

if not TYPE_CHECKING:
    from d import D
else:
    from e import E


def use():
    return json.loads(optional.x, needed, A, B)
