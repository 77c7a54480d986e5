"""网站: the register of public websites, their host names, blueprints and looks.

A ``Website`` is what the state registers; which host names lead to it are its ``Host`` rows.
"""
