"""Installed libraries: what their modules, classes and functions offer, as far as their texts say it wholly.

offers = Offers(library)
offers.lacks("acme.client", "sned")   # True: the whole module was read, and nothing there is called so
"""

from seatrial.program.installed.offers import Definition, Offers, keywords

__all__ = ["Definition", "Offers", "keywords"]
