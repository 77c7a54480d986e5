"""A pytest plugin (``-p tests.home``): every test process gets an empty ``JIYUE_HOME`` before settings are read."""

import atexit
import os
import pathlib
import shutil
import tempfile


home = tempfile.mkdtemp(prefix="jiyue-test-")
os.environ["JIYUE_HOME"] = home
os.environ.pop("JIYUE_DEMO", None)
(pathlib.Path(home) / "static").mkdir()  # WhiteNoise warns about a missing one
atexit.register(shutil.rmtree, home, ignore_errors=True)
