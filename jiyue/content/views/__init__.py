"""The back-office screens of the content app, a module per group of screens."""
