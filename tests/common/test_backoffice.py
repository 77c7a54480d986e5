"""The look of the back office: our name and mark, nothing of the vendor's, nothing from outside."""

import re

import pytest
from django.template import engines
from django.urls import reverse
from wagtail import hooks

from jiyue.common.wagtail_hooks import only_our_help


def rendered(source: str, **context) -> str:
    return engines["django"].from_string("{% load backoffice %}" + source).render(context)


@pytest.fixture
def sign_in(client, db):
    def page() -> str:
        return client.get(reverse("wagtailadmin_login")).content.decode()

    return page


def test_the_sign_in_page_carries_our_name_and_mark(sign_in, settings):
    page = sign_in()

    assert settings.WAGTAIL_SITE_NAME in page
    assert "backoffice/mark.svg" in page
    assert "Wagtail</" not in page


def test_the_sign_in_page_calls_no_other_host(sign_in):
    assert re.findall(r'(?:src|href|action)="(?:https?:)?//[^"]*"', sign_in()) == []


def test_a_demonstration_says_so_on_every_screen(sign_in, settings):
    settings.DEMO = True

    assert "演示环境" in sign_in()


def test_a_real_installation_has_no_band(sign_in, settings):
    settings.DEMO = False

    assert "演示环境" not in sign_in()


def test_an_app_may_show_something_below_the_sign_in_form(sign_in):
    with hooks.register_temporarily("below_login", lambda: "<p>演示账号</p>"):
        assert "<p>演示账号</p>" in sign_in()


def test_the_help_menu_loses_what_leads_to_the_vendor():
    class Item:
        def __init__(self, name):
            self.name = name

    items = [Item("whats-new-in-wagtail-version-8-0"), Item("editor-guide"), Item("keyboard-shortcuts-trigger")]

    only_our_help(None, items)

    assert [item.name for item in items] == ["keyboard-shortcuts-trigger"]


def test_a_state_tag_escapes_its_words():
    tag = rendered('{% state_tag words "warn" %}', words="<b>")

    assert tag.strip() == '<span class="bo-tag bo-tag--warn">&lt;b&gt;</span>'


def test_a_card_wraps_what_stands_inside_it():
    card = rendered('{% card heading="待我审核" count=0 %}<p>{{ x }}</p>{% endcard %}', x="甲")

    assert "待我审核" in card
    assert '<span class="bo-count">0</span>' in card
    assert "<p>甲</p>" in card


def test_a_waiting_bar_has_words_and_share(friday):
    bar = rendered("{% waiting_bar since at due %}", since=friday, at=friday, due=friday.replace(hour=20))

    assert "剩 4 小时" in bar
    assert 'value="0"' in bar
