"""The words that a library model may use, where only some words make sense."""

from typing import Literal, TypeAlias

Effect: TypeAlias = Literal[
    "block", "cache.read", "cache.write", "commit", "db.execute", "db.lock", "db.read", "db.schema", "db.write", "exit",
    "fs.read", "fs.write", "grow", "http", "lock", "log", "mail", "network", "process", "rollback", "shrink", "spawn",
    "task.enqueue", "transaction", "unlock",
]  # fmt: skip
"""What a call does to the world. `block`: holds the calling thread while it waits. `db.execute`: reads or writes as its
`statement` says. `grow`, `shrink`: the receiver holds more, or fewer, elements. `exit`: never returns."""

Danger: TypeAlias = Literal[
    "code", "command", "deserialize", "header", "html", "import", "ldap", "log", "mail", "nosql", "path", "redirect",
    "regex", "sql", "template", "unpack", "url", "xml", "xpath",
]  # fmt: skip
"""What goes wrong when foreign text arrives in a sink. `url`: the server is made to fetch it (SSRF).
`unpack`: it swells to a thousand times its size."""

Risk: TypeAlias = Literal[
    "bind-all", "cleartext", "debug", "fast-hash", "full-pipe", "kept-temp", "no-autoescape", "no-host-check",
    "no-signature-check", "no-tls-check", "unsafe-temp", "weak-cipher", "weak-hash", "weak-random", "weak-tls",
    "world-writable",
]  # fmt: skip
"""A call that is a fault by itself, whatever its arguments hold. `fast-hash`: only for passwords. `full-pipe`: the
child blocks when nobody reads what it writes. `kept-temp`: a file or folder that stays until somebody removes it."""

Origin: TypeAlias = Literal["remote", "local"]
"""Who chose a value: someone on the network, or the user of this machine."""

QueryStep: TypeAlias = Literal["build", "bound", "eager", "all", "stream", "one", "scalar", "write", "bulk"]
"""What a call does to a query. Lazy: `build`, `bound` (limits the rows), `eager` (fetches relations along). Evaluates:
`all` (every row in memory), `stream` (row by row), `one`, `scalar` (count, exists, sum), `write`, `bulk` (many rows in
one statement)."""

HookKind: TypeAlias = Literal[
    "callback", "command", "dependency", "error-handler", "executor", "fixture", "loop", "middleware", "process",
    "property", "route", "router", "schedule", "shutdown", "signal", "startup", "task", "test", "thread", "validator",
    "websocket",
]  # fmt: skip
"""Who calls a function that is handed over."""

TypeKind: TypeAlias = Literal[
    "app", "async-lock", "bounded", "client", "command", "connection", "container", "cursor", "enum", "exception",
    "executor", "form", "guard", "lock", "manager", "migration", "model", "no-guard", "query", "request", "response",
    "router", "schema", "serializer", "session", "settings", "statement", "task", "test", "thread", "view",
]  # fmt: skip
"""What a class is for, and so what its subclasses are for. `model`: a row of a table; `schema`: checked input."""

Scope: TypeAlias = Literal["transaction", "savepoint", "lock", "guard", "raises", "suppress", "test", "timeout"]
"""What holds inside `with f(): …`, or inside a function that `f` decorates. `raises`: an error is expected."""

Claim: TypeAlias = Literal["true", "false", "==", "is", "is not None", "<", "<=", ">", ">=", "isinstance", "in"]
"""What a test says of the arguments, in their order; it fails when that does not hold."""
