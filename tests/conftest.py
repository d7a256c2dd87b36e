"""How properties are tried: the same examples for the same code, however slow the machine.

A gate that asks twice must hear the same; `pytest --hypothesis-profile=default` looks further, by chance.
"""

from hypothesis import HealthCheck, settings

settings.register_profile("steady", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("steady")
