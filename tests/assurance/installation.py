"""A small real installation in a folder of its own, on SQLite or PostgreSQL, worked on by real commands.

``python -m tests.assurance.installation`` builds one in ``JIYUE_HOME``: migrated, with the known cast and what it published.
"""

import contextlib
import os
import subprocess
import sys
import uuid
from pathlib import Path

import psycopg
from psycopg import sql


ROOT = Path(__file__).parent.parent.parent
SERVER = os.environ.get("JIYUE_TEST_DATABASE_URL", "postgresql://postgres@127.0.0.1:5432/postgres")


class Installation:
    def __init__(self, home: Path, database: str = "", **settings: str) -> None:
        self.home, self.database, self.settings = home, database, settings

    @property
    def environment(self) -> dict[str, str]:
        clean = {name: value for name, value in os.environ.items() if not name.startswith("JIYUE_")}
        own = {"JIYUE_HOME": str(self.home), "JIYUE_DATABASE_URL": self.database, "PYTHONPATH": str(ROOT)}
        return {**clean, **own, **self.settings}

    def run(self, *arguments: str, succeeds: bool = True, seconds: float = 900) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "jiyue", *arguments]
        done = subprocess.run(
            command, env=self.environment, cwd=ROOT, capture_output=True, text=True, timeout=seconds, check=False
        )
        assert (done.returncode == 0) == succeeds, done.stdout + done.stderr
        return done

    def start(self, *arguments: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen([sys.executable, "-m", "jiyue", *arguments], env=self.environment, cwd=ROOT)

    def build(self) -> None:
        command = [sys.executable, "-m", "tests.assurance.installation"]
        subprocess.run(command, env=self.environment, cwd=ROOT, check=True, timeout=900)


@contextlib.contextmanager
def postgresql_database(prefix: str = "jiyue_operation"):
    """An empty database of its own; answers its address."""
    name = f"{prefix}_{uuid.uuid4().hex[:8]}"
    with psycopg.connect(SERVER, autocommit=True) as session:
        session.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(name)))
    try:
        yield f"{SERVER.rsplit('/', 1)[0]}/{name}"
    finally:
        with psycopg.connect(SERVER, autocommit=True) as session:
            session.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def is_postgresql_there() -> bool:
    try:
        psycopg.connect(SERVER, connect_timeout=2).close()
    except psycopg.OperationalError:
        return False
    return True


def _build() -> None:
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jiyue.settings")
    django.setup()
    from django.core.management import call_command

    from jiyue.common.clock import now
    from jiyue.publishing.actions import publish_all
    from tests import factories

    call_command("migrate", interactive=False, verbosity=0)
    at = now()
    cast = factories.cluster(at=at)
    factories.a_picture(cast.bureau)
    cast.published("全市中小学秋季开学")
    publish_all(at=at, workers=1)


if __name__ == "__main__":
    _build()
