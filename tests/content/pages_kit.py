"""Rendering public pages in tests: by address, as the publisher would."""

import datetime as dt
import json
import re

from jiyue.common import pages
from jiyue.content.models import Article, PolicyDocument
from jiyue.library import actions as library
from jiyue.library.digest import digest_of_revision
from jiyue.library.models import Receipt


def rendered(website):
    """Address → page, for every address of a website."""
    targets = list(pages.targets_of(website.pk))
    kinds = dict.fromkeys(target.kind for target in targets)
    found = (page for kind in kinds for page in pages.render(website.pk, kind, [t for t in targets if t.kind == kind]))
    return {page.target.path: page for page in found}


def page(website, path):
    """One page as rendered now."""
    (target,) = [target for target in pages.targets_of(website.pk) if target.path == path]
    (made,) = pages.render(website.pk, target.kind, [target])
    return made


def html(website, path):
    return page(website, path).body.decode()


def metas(text):
    return re.findall(r'<meta name="(\w+)" content="([^"]*)">', text)


def structured(text):
    return json.loads(re.search(r'<script type="application/ld\+json">(.*?)</script>', text).group(1))


def many(cluster, count, column="gzdt", model=Article):
    """``count`` released items, an hour apart, without the people of the chain: only the pages matter here."""
    for number in range(count):
        item = model(title=f"第{number + 1}条信息", source="市教育局")
        item.body = [("text", "<p>正文。</p>")]
        straight(item, cluster.column(column), cluster.at + dt.timedelta(hours=number))


def straight(item, column, at):
    """Releases an item on a receipt of the sample data."""
    item.slug, item.live = f"s{column.pk}-{column.get_children_count()}", False
    column.add_child(instance=item)
    revision = item.save_revision(log_action=False, clean=False)
    library.issue_receipt(item, digest_of_revision(revision), by=None, at=at, basis=Receipt.Basis.DEMO)
    return library.publish_page(item, revision, by=None, at=at)


def policy(cluster, title="云州市教育局关于规范招生工作的通知", **values):
    values = {
        "model": PolicyDocument,
        "column": "zcwj",
        "doc_number": "云教发〔2026〕8号",
        "issuer": "云州市教育局",
        "issued_on": dt.date(2026, 6, 1),
        "genre": "通知",
        "theme": "1102",
        **values,
    }
    return cluster.published(title, **values)
