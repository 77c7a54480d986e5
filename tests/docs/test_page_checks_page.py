import subprocess
import sys
from pathlib import Path


ROOT = Path(__file__).parents[2]


def test_the_page_of_page_checks_is_fresh():
    command = [sys.executable, ROOT / "tools" / "page_checks.py", "--check"]
    checked = subprocess.run(command, check=False, capture_output=True, text=True, cwd=ROOT)

    assert checked.returncode == 0, checked.stderr
