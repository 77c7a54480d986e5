"""云州市, a city that does not exist: portal, counties and departments with a year of their life, built by one command.

Plain data first (``city``, from ``data/``), then pages (``staging``), then rows (``bulk``, ``foundation``, ``actions``)."""
