"""The editor as a clerk uses it, under the back office's own policy: text, links, choosers, uploads, preview, dates.

What the policy forbids is reported by the browser: a screen that needs something forbidden is broken."""

import io
import os

import pytest
from PIL import Image


pytestmark = pytest.mark.e2e

TITLE = "首批乡村学校智慧教室投入使用"
WATCH = """document.addEventListener("securitypolicyviolation", event => forbidden(
  [event.effectiveDirective, event.blockedURI, event.sourceFile, event.lineNumber, location.pathname].join(" ")), true)"""
RULES = "[...document.querySelectorAll('style')].map(style => style.sheet ? style.sheet.cssRules.length : 0)"
PREVIEW = "显示或隐藏预览"


@pytest.fixture
def complaints():
    return []


@pytest.fixture
def clerk(login, city, complaints):
    """A clerk's browser with a draft in its editor; what goes wrong is collected."""
    page = login("jiaoyu")
    page.context.expose_binding("forbidden", lambda _source, what: complaints.append(what))
    page.context.add_init_script(WATCH)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.goto(f"{city}/admin/")
    page.click(f"text={TITLE}")
    page.wait_for_selector(".public-DraftEditor-content")
    return page


def picture():
    """One that was never uploaded before: of a known one the chooser asks what to do."""
    file = io.BytesIO()
    Image.frombytes("RGB", (16, 9), os.urandom(16 * 9 * 3)).resize((640, 360)).save(file, "PNG")
    return {"name": "jiancha.png", "mimeType": "image/png", "buffer": file.getvalue()}


def add_block(page, name):
    page.locator(".c-sf-add-button:visible").last.click()
    page.locator("[role=option]:visible", has_text=name).first.click()


def upload(page, button, file, **fields):
    """Opens the last chooser of its kind and gives it a new file."""
    page.locator("[data-chooser-action-choose]:visible", has_text=button).last.click()
    page.locator(".modal-dialog [role=tab]", has_text="上传").click()
    page.set_input_files(".modal-dialog input[type=file]", file)
    for name, value in fields.items():
        page.fill(f".modal-dialog [name$={name}]", value)
    page.locator(".modal-dialog [type=submit]:visible").click()
    page.wait_for_selector(".modal-dialog", state="hidden")


def choose_first(page, button, choice):
    page.locator("[data-chooser-action-choose]:visible", has_text=button).last.click()
    page.locator(f".modal-dialog {choice}").first.click()
    page.wait_for_selector(".modal-dialog", state="hidden")


def test_text_links_and_lists_work_under_the_policy(clerk, complaints):
    clerk.locator(".public-DraftEditor-content").first.click()
    clerk.keyboard.press("Control+End")
    for line in ("检查名单如下", "1. 第一中学", "食堂"):
        clerk.keyboard.press("Enter")
        clerk.keyboard.type(line)
    clerk.keyboard.press("Tab")
    clerk.wait_for_selector(".public-DraftStyleDefault-depth1")
    clerk.keyboard.press("Shift+Home")
    clerk.locator(".Draftail-ToolbarButton[name=BOLD]:visible").first.click()
    clerk.locator(".Draftail-ToolbarButton[name=LINK]:visible").first.click()
    clerk.locator(".modal-dialog a", has_text="站外链接").click()
    clerk.fill(".modal-dialog input[name$=url]", "https://example.gov.cn/")
    clerk.locator(".modal-dialog [type=submit]:visible").click()
    clerk.wait_for_selector(".modal-dialog", state="hidden")

    assert clerk.locator(".public-DraftEditor-content .TooltipEntity", has_text="食堂").count() == 1
    rules = clerk.evaluate(RULES)
    assert len(rules) >= 2  # the names of empty blocks, the numbers of nested lists
    assert all(rules)
    assert complaints == []


def test_files_preview_dates_and_saving_work_under_the_policy(clerk, complaints):
    add_block(clerk, "附件")
    upload(
        clerk,
        "选择文档",
        {"name": "检查名单.txt", "mimeType": "text/plain", "buffer": "第一中学".encode()},
        title="检查名单",
    )
    add_block(clerk, "附件")
    choose_first(clerk, "选择文档", "a[data-chooser-modal-choice]")
    for field in clerk.query_selector_all("[name^=body][name$=-title]"):
        field.fill("检查名单")
    add_block(clerk, "图片")
    upload(clerk, "选择图片", picture(), title="检查", alt="检查组在学校食堂")
    for field in clerk.query_selector_all("[name^=body][name$=-alt]"):
        field.fill("检查组在学校食堂")
    choose_first(clerk, "选择图片", "a[data-chooser-modal-choice]")  # the cover

    clerk.click(f"[aria-label={PREVIEW}]")
    shown = clerk.frame_locator("iframe[src*=preview]").last
    shown.locator("h1", has_text=TITLE).wait_for()
    preview = next(frame for frame in clerk.frames if "/preview/" in frame.url)
    assert all(preview.evaluate(RULES))
    clerk.click(f"[aria-label={PREVIEW}]")

    clerk.locator("[role=tab]", has_text="设置").click()
    clerk.click("input[name=sticky_until]")
    clerk.locator(".xdsoft_datetimepicker:visible .xdsoft_date:not(.xdsoft_disabled)").last.click()
    assert clerk.input_value("input[name=sticky_until]")
    clerk.keyboard.press("Escape")

    clerk.locator("footer .w-dropdown__toggle").click()
    clerk.locator("button.action-save:visible").click()
    clerk.wait_for_selector(f".messages >> text={TITLE}")
    assert clerk.locator(".chooser__title", has_text="检查名单").count() >= 2
    assert complaints == []


def test_a_style_sheet_out_of_somebodys_text_does_not_count(clerk, complaints):
    clerk.evaluate("document.body.insertAdjacentHTML('beforeend', '<style>h1 { color: rgb(1, 2, 3) }</style>')")

    assert clerk.evaluate("getComputedStyle(document.querySelector('h1')).color") != "rgb(1, 2, 3)"
    assert any(what.startswith("style-src-elem inline") for what in complaints)
