"""单位: the tree of organisations, province → city → county → department. Everything else belongs to one of them."""
