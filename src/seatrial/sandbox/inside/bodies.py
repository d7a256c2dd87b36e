"""What a view takes that says so nowhere: the names that its code reads of the body, the form and the query.

Helpers of the program that are handed the body are read as well, and models that are made of it tell their fields.
"""

import ast
import inspect
import os
import textwrap

from . import called, models, moments, parsers

_JSON, _FORM, _FILES, _QUERY = parsers.JSON, parsers.FORM, parsers.FILES, parsers.QUERY
_ASKED = "asked"
"""Not empty where JSON is asked for, whether or not a name is read of it: nothing else is then taken."""
_OWN = ("self", "cls")
_CHOOSING = ("get_queryset", "filter_queryset", "get_object", "get_context_data")
"""Methods in which classes of Django say what is shown, often by the query."""
_ATTRIBUTES = {
    "json": _JSON,
    "data": _JSON,
    "form": _FORM,
    "POST": _FORM,
    "files": _FILES,
    "FILES": _FILES,
    "values": _FORM,
    "args": _QUERY,
    "GET": _QUERY,
    "query_params": _QUERY,
    "forms": _FORM,
    "query": _QUERY,
    "params": _QUERY,
}
_CALLS = {"get_json": _JSON, "get_data": _JSON, "json": _JSON, "form": _FORM}
_RAW = ("data", "body", "get_data", "stream")
_READERS = ("get", "pop", "getlist", "setdefault")
_TYPES = {"int": "integer", "float": "number", "Decimal": "number", "bool": "boolean", "str": "string"}
_NUMBERS = ("int", "float", "Decimal")
_TRIMS = ("strip", "lower", "upper")
_DEEPEST = 3
_SPOKEN = {
    "POST": ("POST", "csrf_exempt", "request.body", "request.FILES", "request.data"),
    "PUT": ("PUT",),
    "PATCH": ("PATCH",),
    "DELETE": ("DELETE",),
}
"""Words by which the code of a view tells the methods it answers to."""
_BY_SERIALIZER = ("serializer_class", "get_serializer", "super(", "self.create(", "self.update(", "self.partial_")
"""Words by which it tells that the serializer of its class reads the body."""


def taken(view, method):
    """`requestBody` and `parameters` of an OpenAPI operation, as far as its code tells."""
    reads = {_JSON: {}, _FORM: {}, _FILES: {}, _QUERY: {}, _ASKED: {}}
    for function in _functions(view, method):
        _Reads(function, reads, owner=_owner(view) or called.owner(view)).read()
    query = [{"name": n, "in": "query", "schema": _schema(one, n)} for n, one in reads[_QUERY].items()]
    is_json = bool(reads[_JSON] or reads[_ASKED])
    files = {name: {**one, "schema": {"type": "string", "format": "binary"}} for name, one in reads[_FILES].items()}
    form = {**reads[_FORM], **files}
    kind, found = ("application/json", reads[_JSON] or form) if is_json else (_FORM_TYPE, form)
    if not (found or is_json) or method in ("GET", "DELETE"):
        return {"parameters": query}
    return {"x-guessed": True, "parameters": query, "requestBody": {"content": {kind: {"schema": _object(found)}}}}


_FORM_TYPE = "application/x-www-form-urlencoded"


def methods(view):
    """The methods that a function of Django answers to: it takes all, so what counts is what its code speaks of."""
    text = "".join(map(_source, _functions(view, "")))
    return ["GET", *(name for name, words in _SPOKEN.items() if any(word in text for word in words))]


def is_by_itself(view, method):
    """Whether the code of a view takes what it is sent without the serializer that its class has."""
    code = _source(next(iter(_functions(view, method)), None))
    return not any(word in code for word in _BY_SERIALIZER)


def _functions(view, method):
    """The code behind a view: its method for a class, and what decorators hold for a function."""
    cls = _owner(view)
    if cls is not None:
        name = (getattr(view, "actions", None) or {}).get(method.lower(), method.lower())
        found = getattr(cls, name, None)
        made = vars(cls).get("__init__")  # where a parser of requests is often made, for all methods
        further = [made] if made and "add_argument" in _source(made) else []
        if method == "GET":
            further += [one for one in (getattr(cls, name, None) for name in _CHOOSING) if called.is_own(one)]
        return [*_behind(found, _DEEPEST), *further] if found else []
    return _behind(view, _DEEPEST)


def _owner(view):
    """The class that a view is made of; None for a function."""
    return getattr(view, "view_class", None) or getattr(view, "cls", None)


def place(view, method, root):
    """Where the code of a view begins: `path:line function`, else its class; empty if neither is the program's own."""
    code = getattr(next(iter(_functions(view, method)), None), "__code__", None)
    found = _within(root, code.co_filename, code.co_firstlineno, code.co_name) if code else ""
    return found or _class_place(_owner(view), root)


def _class_place(cls, root):
    """Where a class begins whose methods are a library's."""
    try:
        lines, first = inspect.getsourcelines(cls)
    except (OSError, TypeError):
        return ""
    return _within(root, inspect.getsourcefile(cls) or "", first if lines else 0, cls.__name__)


def _within(root, path, line, name):
    """A place in the program's own tree, as the probe tells lines; empty if it is elsewhere."""
    path, top = os.path.realpath(path), os.path.realpath(root) + os.sep
    is_own = path.startswith(top) and "site-packages" not in path
    return "{}:{} {}".format(path[len(top) :], line, name) if is_own else ""


def _behind(function, left):
    function = called.plain(inspect.unwrap(function))
    if not inspect.isfunction(function):
        return []
    held = [cell.cell_contents for cell in function.__closure__ or () if _is_filled(cell)]
    inner = [one for value in held if inspect.isfunction(value) and left for one in _behind(value, left - 1)]
    return [function, *inner]


def _is_filled(cell):
    try:
        return cell.cell_contents is not None
    except ValueError:
        return False


def _source(function):
    try:
        return textwrap.dedent(inspect.getsource(function))
    except (OSError, TypeError):
        return ""


class _Reads(ast.NodeVisitor):
    """Reads one function; `bound` says which of its parameters are what: `{"data": place}`."""

    def __init__(self, function, reads, bound=None, depth=0, owner=None):
        self._function, self._reads, self._depth, self._owner = function, reads, depth, owner
        self._names = dict(bound or {})
        """Variables that stand for a place where names are read."""
        self._kept = {}
        """Variables that stand for a value that was read."""

    def read(self):
        """Notes every name that is read."""
        try:
            tree = ast.parse(_source(self._function))
        except SyntaxError:  # a lambda within an expression
            return
        self.parameters = [one.arg for node in tree.body[:1] for one in getattr(node, "args", _NONE).args]
        for statement in tree.body[:1]:
            for inner in getattr(statement, "body", ()):
                self.visit(inner)

    def visit_Assign(self, node):
        place, value = self._place(node.value), self._value(node.value)
        self.generic_visit(node)  # what is assigned may be made of what the name stood for before
        for target in node.targets:
            if isinstance(target, ast.Name):
                self._kept[target.id] = value
                if place is not None:
                    self._names[target.id] = place

    def visit_For(self, node):
        element = self._value(node.iter)
        if element is not None and isinstance(node.target, ast.Name):
            self._names[node.target.id] = element.setdefault("items", {})
        self.generic_visit(node)

    def visit_Subscript(self, node):
        if isinstance(node.ctx, ast.Load):  # what is put there is no matter of whoever asks
            self._value(node)
        self.generic_visit(node)

    def visit_Compare(self, node):
        value = self._value(node.left)
        other = node.comparators[0]
        if isinstance(node.ops[0], (ast.In, ast.NotIn)):
            self._at(self._place(other), getattr(node.left, "value", None), None)
        if value is not None and isinstance(node.ops[0], ast.NotIn):  # what is none of these is refused
            known = moments.words(other, self._named)
            value.update({"examples": known} if known else {})
        if value is not None and isinstance(other, ast.Constant) and type(other.value) in (int, float):
            value.setdefault("type", "number" if isinstance(other.value, float) else "integer")
        self.generic_visit(node)

    def visit_Call(self, node):
        name = getattr(node.func, "id", getattr(node.func, "attr", ""))
        for argument in node.args:
            value = self._value(argument)
            if value is not None and name in (_TYPES if not isinstance(argument, ast.Name) else _NUMBERS):
                value["type"] = _TYPES[name]
        value = self._value(node.args[0]) if node.args else None
        if value is not None and (text := moments.parsed(node)):
            value["examples"] = [text]
        self._parsed(node)
        self._place(node)  # a body that is asked for and kept nowhere
        self._value(node)
        self._handed(node)
        self.generic_visit(node)

    def _parsed(self, node):
        """What a parser of requests takes: as it is written here, or as one is that was made elsewhere."""
        made = self._named(node.func) if getattr(node.func, "attr", "") == "parse_args" else None
        for one in filter(None, (parsers.written(node), *(getattr(made, "args", None) or ()))):
            if where := parsers.place(one):
                found = self._reads[where].setdefault(one.name, {"optional": not parsers.is_required(one)})
                found.update({"type": _TYPES[kind]} if (kind := parsers.kind(one)) in _TYPES else {})
                self._ask(where == _JSON)

    def _handed(self, node):
        """Follows the body into what it is given to."""
        given = [*node.args, *(word.value for word in node.keywords)]
        places = [self._place(one) for one in given]
        if self._depth >= _DEEPEST:
            return
        if not any(place is not None for place in places):
            self._led(node)
            return
        named = self._named(node.func)
        for name, schema in models.fields(named).items():
            next(place for place in places if place is not None)[name] = {"schema": schema}
        if called.is_own(named):
            follower = _Reads(named, self._reads, {}, self._depth + 1, self._owner)
            names = list(inspect.signature(named).parameters)[self._is_bound(node.func) :]
            bound = {name: place for name, place in zip(names, places) if place is not None}  # noqa: B905 - older interpreters have no `strict`
            follower._names.update(bound)
            follower.read()

    def _led(self, node):
        """Follows a call that is handed no body into what may ask for one itself: `return controller.create()`."""
        function, owner = called.function(node.func, self._function, self._owner)
        if function is not None and function is not self._function and "request" in _source(function):
            _Reads(function, self._reads, {}, self._depth + 1, owner).read()

    def _named(self, expression):
        """The value that a name of the module stands for; that of `a` in `a.load(…)` and `A(…).load(…)`."""
        if isinstance(expression, ast.Name):
            return self._function.__globals__.get(expression.id)
        if self._is_own(expression):
            return getattr(self._owner, expression.attr, None)
        inner = expression.func if isinstance(expression, ast.Call) else getattr(expression, "value", None)
        base = self._named(inner) if inner is not None else None
        if isinstance(expression, ast.Attribute) and inspect.ismodule(base):
            return getattr(base, expression.attr, None)
        return base

    def _is_own(self, expression):
        """Whether it is `self.name`, in a view that is a class."""
        return isinstance(expression, ast.Attribute) and getattr(expression.value, "id", "") in _OWN and self._owner

    def _is_bound(self, expression):
        """Whether what is called is given the view itself first."""
        found = inspect.getattr_static(self._owner, expression.attr, None) if self._is_own(expression) else None
        return inspect.isfunction(found)

    def _place(self, expression):
        """Where names are read, if the expression is a body, a form or a query; None for others."""
        if isinstance(expression, ast.Name):
            return self._names.get(expression.id)
        if isinstance(expression, ast.BoolOp):
            return next(filter(lambda one: one is not None, map(self._place, expression.values)), None)
        if isinstance(expression, ast.Await):
            return self._place(expression.value)
        if isinstance(expression, ast.IfExp):
            return self._place(expression.body)
        if isinstance(expression, ast.Attribute) and _is_request(expression.value):
            kind = _ATTRIBUTES.get(expression.attr)
            self._ask(expression.attr == _JSON)
            return self._reads[kind] if kind else None
        if isinstance(expression, ast.Call) and _is_body(expression):
            self._ask(not any(word.arg == "silent" for word in expression.keywords))
            return self._reads[_JSON]
        return self._form(expression)

    def _ask(self, strictly):
        """Notes that JSON is asked for, where anything else is refused."""
        if strictly:
            self._reads[_ASKED]["body"] = True

    def _form(self, expression):
        """`request.form.to_dict()`, `await request.form()`, `dict(request.form)`."""
        if not isinstance(expression, ast.Call):
            return None
        if getattr(expression.func, "id", "") == "dict" and expression.args:
            return self._place(expression.args[0])
        if getattr(expression.func, "attr", "") in ("to_dict", "dict", "copy"):
            return self._place(expression.func.value)
        return None

    def _value(self, expression):
        """What is known of a value that is read by name, to be added to; None for other expressions."""
        if isinstance(expression, ast.Name):
            return self._kept.get(expression.id)
        if isinstance(expression, ast.BoolOp):
            return self._value(expression.values[0])
        if isinstance(expression, ast.Subscript):
            key = getattr(expression.slice, "value", expression.slice)  # `Index` before Python 3.9
            return self._at(self._place(expression.value), getattr(key, "value", key), None)
        called = expression.func if isinstance(expression, ast.Call) else None
        if isinstance(called, ast.Attribute) and called.attr in _TRIMS and not expression.args:
            return self._value(called.value)
        if not isinstance(called, ast.Attribute) or called.attr not in _READERS or not expression.args:
            return None
        default = expression.args[1] if len(expression.args) > 1 else None
        found = self._at(self._place(called.value), getattr(expression.args[0], "value", None), default)
        for word in expression.keywords if found is not None else ():
            if word.arg == "type" and getattr(word.value, "id", "") in _TYPES:
                found["type"] = _TYPES[word.value.id]
        return found

    def _at(self, place, name, default):
        if place is None or not isinstance(name, str):
            return None
        found = place.setdefault(name, {"optional": default is not None})
        value = getattr(default, "value", None)
        if value is not None and type(value).__name__ in _TYPES and not isinstance(value, str):
            found.setdefault("type", _TYPES[type(value).__name__])
        return found


_NONE = ast.parse("lambda: 0", mode="eval").body.args


def _is_request(expression):
    name = getattr(expression, "id", getattr(expression, "attr", ""))
    return name == "request"


def _is_body(call):
    """`request.get_json()`, `request.json()`, `json.loads(request.body)`."""
    func = call.func
    if isinstance(func, ast.Attribute) and _is_request(func.value):
        return _CALLS.get(func.attr) == _JSON
    if getattr(func, "attr", getattr(func, "id", "")) != "loads" or not call.args:
        return False
    inner = [node for node in ast.walk(call.args[0]) if isinstance(node, ast.Attribute)]
    return any(node.attr in _RAW and _is_request(node.value) for node in inner)


def _object(reads):
    required = [name for name, one in reads.items() if not {**one, **one.get("schema", {})}.get("optional")]
    properties = {name: _schema(one, name) for name, one in reads.items()}
    return {"type": "object", "properties": properties, "required": required}


def _schema(one, name):
    if "schema" in one:
        return one["schema"]
    if "items" in one:
        return {"type": "array", "items": _object(one["items"]) if one["items"] else {"type": "string"}}
    known = one.get("examples") or (models.named(name) if "type" not in one else ())
    if known:
        return {"type": "string", "examples": known}
    said = one.get("type") or models.by_name(name)
    return {"type": said, "format": "date"} if said == "string" and moments.is_day(name) else {"type": said}
