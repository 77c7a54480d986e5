"""Exit status 0 when the PostgreSQL server the tests would use answers; tries for ten seconds."""

import os
import sys
import time

import psycopg


URL = os.environ.get("JIYUE_TEST_DATABASE_URL", "postgresql://postgres@127.0.0.1:5432/postgres")

for _ in range(10):
    try:
        psycopg.connect(URL, connect_timeout=2).close()
        sys.exit(0)
    except psycopg.OperationalError:
        time.sleep(1)
sys.exit(1)
