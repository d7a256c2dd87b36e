"""seatrial: the sea trial before the handover of code that an AI wrote."""

__version__ = "0.1.0"
