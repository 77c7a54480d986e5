from datetime import UTC, datetime

import pytest

from jiyue.search.index import Document
from jiyue.search.tantivy_index import TantivyIndex


@pytest.fixture(autouse=True)
def home(tmp_path, settings):
    settings.HOME = tmp_path
    return tmp_path


@pytest.fixture
def index(home):
    index = TantivyIndex(home / "search")
    yield index
    index.close()


def a_document(pk=1, title="关于优化营商环境的通知", body="各县（区）人民政府：请遵照执行。", **values):
    released_at = values.pop("released_at", datetime(2026, 3, 1, tzinfo=UTC))
    given = {"website": 1, "unit": 1, "kind": "news", "address": f"/xw/{pk}.html", "year": released_at.year, **values}
    return Document(id=pk, title=title, body=body, released_at=released_at, **given)
