"""Publishing as files: every public page is a file that stays online while the application is down.

Start reading at ``actions.py``. ``batches.py`` is the one road from a target to its file: render, compare with the
manifest, keep the bytes in the store, commit the manifest, and only then replace the public file.
"""
