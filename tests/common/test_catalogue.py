"""The back office speaks Chinese throughout, and the English catalogue of our own strings is complete."""

import re
from pathlib import Path

import pytest
from babel.messages.catalog import Message
from babel.messages.pofile import read_po
from django.apps import apps
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.test import RequestFactory
from django.utils.translation import override
from django.utils.translation.trans_real import DjangoTranslation
from wagtail.admin.views.i18n import localized_js_catalog

from jiyue.common import catalogues


ROOT = Path(settings.BASE)
OURS = sorted((ROOT / "locale").glob("*/LC_MESSAGES/*.po"))
PLACEHOLDER = re.compile(r"%(?:\(\w+\))?[sd]|%[sd]|\{\w*\}|</?\w+")


def forms(text) -> list[str]:
    return [text] if isinstance(text, str) else list(text)


def packages() -> list[Path]:
    """The apps of others that show their strings in our back office."""
    others = [Path(app.path) for app in apps.get_app_configs() if not app.name.startswith("jiyue.")]
    return sorted(path for path in others if "django/contrib" not in path.as_posix())


def messages_of(package: Path, domain: str) -> list[Message]:
    po = package / f"locale/en/LC_MESSAGES/{domain}.po"
    if po.exists():
        with po.open("rb") as file:
            return [message for message in read_po(file) if message.id]
    return [] if domain == "djangojs" else [message for message in catalogues.extract(package) if message.id]


@pytest.fixture(scope="module")
def chinese() -> DjangoTranslation:
    return DjangoTranslation("zh-hans")


def lookup(translation: DjangoTranslation, message: Message) -> str:
    key = forms(message.id)[0]
    key = f"{message.context}\x04{key}" if message.context else key
    found = translation._catalog.get(key) or translation._catalog.get((key, 0))
    return found or ""


@pytest.mark.parametrize("package", packages(), ids=lambda path: path.name)
def test_every_string_of_an_installed_package_has_chinese(package, chinese):
    lacking = [message.id for message in messages_of(package, "django") if not lookup(chinese, message)]

    assert lacking == []


def test_every_string_of_the_admin_scripts_has_chinese():
    admin = Path(apps.get_app_config("wagtailadmin").path)
    chinese = DjangoTranslation("zh-hans", domain="djangojs", localedirs=[str(admin / "locale")])

    assert [message.id for message in messages_of(admin, "djangojs") if not lookup(chinese, message)] == []


def test_the_admin_script_catalogue_serves_our_wording():
    request = RequestFactory().get("/")
    request.user = AnonymousUser()

    with override("zh-hans"):
        served = localized_js_catalog(request).content.decode()

    assert '"Autosave in progress\\u2026": "\\u6b63\\u5728\\u81ea\\u52a8\\u4fdd\\u5b58\\u2026"' in served


@pytest.mark.parametrize("package", packages(), ids=lambda path: path.name)
def test_chinese_keeps_to_our_glossary(package, chinese):
    """Neither the vendor's name nor its words for what we call otherwise."""
    foreign = re.compile(r"工作流|片段(?!资料)|集合|取消发布|控制面板|缩略名|(?<!后台内核 )Wagtail(?! %)")
    wrong = [(message.id, lookup(chinese, message)) for message in messages_of(package, "django")]

    assert [pair for pair in wrong if foreign.search(pair[1])] == []


@pytest.mark.parametrize("po", OURS, ids=lambda path: f"{path.parts[-3]}-{path.stem}")
def test_placeholders_and_tags_survive_translation(po):
    assert [message.id for message in catalogues.read(po) if message.id and not keeps_its_parts(message)] == []


def keeps_its_parts(message: Message) -> bool:
    """A translation has what all its source's forms have, and nothing none of them has. A link may go."""
    sources = [set(PLACEHOLDER.findall(form)) for form in forms(message.id)]
    always, ever = set.intersection(*sources) - {"<a", "</a"}, set.union(*sources)
    return all(always <= set(PLACEHOLDER.findall(string)) <= ever for string in filter(None, forms(message.string)))


@pytest.mark.parametrize("po", OURS, ids=lambda path: f"{path.parts[-3]}-{path.stem}")
def test_catalogues_are_valid(po):
    wrong = [(message.id, errors) for message, errors in catalogues.read(po).check()]

    assert [pair for pair in wrong if "the two English forms" not in notes(po, pair[0])] == []


def notes(po: Path, key) -> str:
    return " ".join(catalogues.read(po)[forms(key)[0]].auto_comments)


@pytest.mark.parametrize("domain", ["django", "djangojs"])
def test_every_string_of_ours_has_english(domain):
    """If this fails: `jiyue catalogues --extract`, then fill in jiyue/locale/en."""
    english = catalogues.read(ROOT / f"locale/en/LC_MESSAGES/{domain}.po")
    english.update(catalogues.extract(ROOT, domain), no_fuzzy_matching=True)

    assert catalogues.untranslated(english) == []


def test_a_stale_catalogue_is_compiled_and_read_back(tmp_path):
    po = tmp_path / "en/LC_MESSAGES/django.po"
    po.parent.mkdir(parents=True)
    po.write_text('msgid ""\nmsgstr ""\n"Language: en\\n"\n\nmsgid "栏目"\nmsgstr "Column"\n')

    assert catalogues.compile_stale(tmp_path) == [po]
    assert catalogues.compile_stale(tmp_path) == []
    assert b"Column" in po.with_suffix(".mo").read_bytes()


def test_strings_are_collected_from_python_and_both_kinds_of_templates(tmp_path):
    files = {
        "views.py": '_("一")',
        "jinja2/x/page.html": '{{ _("二") }}{% trans n=3 %}三{{ n }}{% endtrans %}',
        "templates/x/page.html": '{% load i18n %}  <p>it\'s\n   {% translate "四" %}{% if x %}{{ _("五") }}{% endif %}',
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)

    assert set(catalogues.untranslated(catalogues.extract(tmp_path))) == {"一", "二", "三%(n)s", "四", "五"}
