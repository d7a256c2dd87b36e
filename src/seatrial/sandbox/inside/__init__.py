"""What runs inside the audited program's own interpreter: launcher and probe.

Python 3.8 and the standard library alone, nothing of seatrial: the program's environment is used as it is and never
changed. `__main__` loads this folder under a name that no program uses.
"""
