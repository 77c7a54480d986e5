"""A real installation for attacks and measurements: its own home and database, processes of `jiyue up`, and people who
work through HTTP. ``bench/editors.py`` uses it, too."""
