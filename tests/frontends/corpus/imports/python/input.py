import os.path
import numpy as np
import xml.dom, json as j
from . import sibling
from .models import User as Person, Group
from ..pkg.sub import name
from star import *


def local():
    import csv
    from io import StringIO as Buffer

    return csv.reader(Buffer(np.zeros(3)))


os.path.join(j.dumps({}), Person.objects, sibling.x.y)
local(name, Group, xml.dom.minidom)
