"""Locales that a program sets as it is loaded and that are not on this machine: a plain one stands in for each."""

import locale

_PLAIN = "C.UTF-8"
notes = []
"""What was set instead, each a sentence."""


def install():
    """Has `locale.setlocale` take the plain locale where the one named is missing; what names none still fails."""
    real = locale.setlocale

    def setlocale(category, wanted=None):
        try:
            return real(category, wanted)
        except locale.Error:
            if not isinstance(wanted, str) or "_" not in wanted:
                raise
        said = "its locale {} is not on this machine: {} stands in for it".format(wanted, _PLAIN)
        if said not in notes:
            notes.append(said)
        return real(category, _PLAIN)

    locale.setlocale = setlocale
