"""Makes the README's pictures from a running sample city: ``make demo`` in one shell, then in another

    .venv/bin/python tools/screenshots.py [http://localhost:8000]

writes docs/pictures/*.png, each below 200 KB.
"""

import io
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import yaml
from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright


ROOT = Path(__file__).resolve().parent.parent
PICTURES = ROOT / "docs" / "pictures"
ACCOUNTS = yaml.safe_load((ROOT / "jiyue" / "demo" / "data" / "accounts.yaml").read_text(encoding="utf-8"))
DESKTOP, PHONE = {"width": 1440, "height": 1000}, {"width": 390, "height": 900}
LARGEST = 200_000  # bytes
GAP = 24  # pixels between two phones


def main() -> None:
    base = (sys.argv[1] if len(sys.argv) > 1 else "http://localhost:8000").rstrip("/")
    PICTURES.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        chromium = shutil.which("chromium") or shutil.which("chromium-browser")
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        for name, picture in pictures(browser, base):
            _save(picture, PICTURES / f"{name}.png")
        browser.close()


def pictures(browser: Browser, base: str) -> Iterator[tuple[str, Image.Image]]:
    yield "portal", _shot(_open(browser, f"{base}/", DESKTOP))
    address = _policy(browser, base)
    phones = [_shot(_open(browser, f"{base}{address}{query}", PHONE)) for query in ("", "?mode=elder")]
    yield "policy-phone-elder", _side_by_side(phones)
    reviewer = _log_in(browser, base, "reviewer")
    yield "desk", _shot(reviewer)
    changed = reviewer.locator("#todo tr", has_text="待内容审核").last  # the newest changes what is online
    changed.locator("a.bo-title").click()
    reviewer.wait_for_load_state("networkidle")
    yield "review", _shot(reviewer)


def _open(browser: Browser, url: str, viewport: dict[str, int]) -> Page:
    page = browser.new_context(viewport=viewport, locale="zh-CN", timezone_id="Asia/Shanghai").new_page()
    answer = page.goto(url, wait_until="networkidle")
    if answer is None or not answer.ok:
        sys.exit(f"{url}: {answer.status if answer else 'no answer'}")
    return page


def _policy(browser: Browser, base: str) -> str:
    """The newest policy document in the portal's own column."""
    page = _open(browser, f"{base}/zwgk/zcwj/", DESKTOP)
    address = page.locator("main a[href^='/zwgk/zcwj/2']").first.get_attribute("href")
    return urlsplit(address or "").path


def _log_in(browser: Browser, base: str, role: str) -> Page:
    account = next(account for account in ACCOUNTS["accounts"] if account["role"] == role)
    page = _open(browser, f"{base}/admin/login/", DESKTOP)
    page.fill("input[name=username]", account["username"])
    page.fill("input[name=password]", ACCOUNTS["password"])
    page.press("input[name=password]", "Enter")
    page.locator("#todo").wait_for()
    page.wait_for_load_state("networkidle")
    return page


def _shot(page: Page) -> Image.Image:
    return Image.open(io.BytesIO(page.screenshot(animations="disabled"))).convert("RGB")


def _side_by_side(phones: list[Image.Image]) -> Image.Image:
    joined = Image.new("RGB", (sum(p.width for p in phones) + GAP * (len(phones) - 1), phones[0].height), "white")
    left = 0
    for phone in phones:
        joined.paste(phone, (left, 0))
        left += phone.width + GAP
    return joined


def _save(picture: Image.Image, path: Path) -> None:
    """With as many colours as fit."""
    for colours in (256, 192, 128, 96, 64, 48, 32):
        written = io.BytesIO()
        picture.quantize(colours, dither=Image.Dither.NONE).save(written, "PNG", optimize=True)
        if written.tell() <= LARGEST:
            path.write_bytes(written.getvalue())
            return
    sys.exit(f"{path.name} does not fit into {LARGEST} bytes")


if __name__ == "__main__":
    main()
