"""Checks any website and any text, ours or not, and says where, what, why and what to do. No Django, no database.

``jiyue check-text`` runs the checks of a text, ``jiyue inspect`` (being built) those of whole websites.
"""
