import subprocess
import sys
from pathlib import Path


ROOT = Path(__file__).parent.parent.parent


def test_the_page_of_commands_is_fresh():
    command = [sys.executable, ROOT / "tools" / "commands.py", "--check"]
    checked = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True)

    assert checked.returncode == 0, checked.stderr
