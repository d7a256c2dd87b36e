"""A load for Locust, for more users than one machine can play. Source: docs.locust.io, version 2."""

from collections.abc import Sequence

from seatrial.sandbox import Call, Target

_HEAD = '''"""Everything that reads, as `seatrial load` asked for it.

    locust -f {name} --headless --users 10000 --spawn-rate 100 --run-time 5m --host {host}
    locust -f {name} --headless --processes 4 …    # or --master and --worker on several machines

The headers may hold tokens that were made for this run: put in your own.
"""

from locust import FastHttpUser, constant, task


class Reader(FastHttpUser):
    wait_time = constant(0)
'''
_TASK = """
    @task
    def {name}(self):
        self.client.request({method!r}, {path!r}, name={path!r}, headers={headers!r}{body})
"""


def locustfile(calls: Sequence[Call], target: Target, name: str) -> str:
    """The file as text: one task a request. `name` is that of the file."""
    host = f"{'https' if target.tls else 'http'}://{target.host}:{target.port}"
    tasks = [
        _TASK.format(
            name=f"read_{number}",
            method=call.method,
            path=target.prefix + call.path,
            headers=dict(call.headers),
            body=f", data={call.body!r}" if call.body else "",
        )
        for number, call in enumerate(calls, 1)
    ]
    return _HEAD.format(name=name, host=host) + "".join(tasks)
