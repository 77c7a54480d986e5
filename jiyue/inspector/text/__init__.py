"""Checks of a text: wording, protected terms, dates, document numbers, personal data, classification marks."""

from jiyue.inspector.text.checker import Checker, check


__all__ = ["Checker", "check"]
