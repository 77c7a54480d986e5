"""Knows no domain: refusals, the clock, the outbox, how a page renders to bytes, the sanitiser, base templates."""
