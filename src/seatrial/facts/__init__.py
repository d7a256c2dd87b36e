"""Extracts facts: each file once for its content and its front end's version, from a store or afresh."""

from seatrial.facts.extract import Extracted, Language, Source, Store, extract

__all__ = ["Extracted", "Language", "Source", "Store", "extract"]
