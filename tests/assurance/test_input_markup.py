"""Rich text: a million hostile inputs through the sanitiser, what comes out executed in a real browser."""

import multiprocessing
import os
import time
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

from jiyue.common.html import clean, clean_table, shown
from jiyue.common.marked_html import mark_html
from tests.assurance.vectors import LIVE, hostile
from tests.common.test_html import escapes


CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
BATCH = 1000
COMPARED = 10
PIECE = 5_000
# Everything that runs calls pwned(); every link is clicked, every element is asked for its handlers.
HARNESS = """<!doctype html><meta charset=utf-8><body><script>
var fired = new Set(), current = 0;
function pwned() { fired.add(current); }
var alert = pwned, prompt = pwned, confirm = pwned;
function run(items) {
  fired.clear();
  const boxes = items.map(html => {
    const box = document.createElement('div');
    document.body.append(box);
    return box;
  });
  items.forEach((html, index) => {
    current = index;
    boxes[index].innerHTML = html.replaceAll('pwned()', 'mark(' + index + ')');
    boxes[index].querySelectorAll('a, button, area, math, [href]').forEach(element => {
      const href = element.getAttribute('href') || element.getAttribute('xlink:href') || element.getAttribute('formaction') || '';
      if (element.protocol === 'javascript:' || element.protocol === 'data:' || /^[\\s\\x00-\\x1f]*(javascript|data|vbscript):/i.test(href)) fired.add(index);
      if (element.onclick) fired.add(index);
    });
  });
  return new Promise(done => setTimeout(() => {
    boxes.forEach(box => box.remove());
    done([...fired]);
  }, 500));  // frames and media take their time
}
function mark(index) { fired.add(index); }
</script>"""


def _attack(job: tuple[int, int]) -> tuple[int, list[str]]:
    """How many inputs, and what was wrong with them."""
    seed, count = job
    wrong = []
    for number, html in enumerate(hostile(count, seed)):
        began = time.perf_counter()
        first = clean(html)
        table = clean_table(html) if number % 4 == 0 else ""
        if clean(first) != first or (table and clean_table(table) != table):
            wrong.append(f"not settled: {html!r}")
        if escapes(first) or escapes(table):
            wrong.append(f"outside the grammar: {html!r} -> {first!r}")
        if shown(first) != first or shown(table) != table:
            wrong.append(f"changed on its way to the page: {first!r}")
        if time.perf_counter() - began > 2:
            wrong.append(f"slow: {html!r}")
    return count, wrong


@pytest.mark.promise(
    "input",
    "任何恶意富文本净化后不含语法之外的东西，再净化一次不变",
    "长测 1,000,000 个输入（短测 40,000），0 个越出语法",
)
def test_a_million_hostile_inputs_leave_nothing_outside_the_grammar(size, measured, stopwatch):
    count = size(40_000, 1_000_000)
    jobs = [(seed, PIECE) for seed in range(count // PIECE)]
    with stopwatch() as took, multiprocessing.Pool(2) as pool:
        results = list(pool.imap_unordered(_attack, jobs))
    wrong = [line for _, lines in results for line in lines]
    measured(输入=sum(done for done, _ in results), 越出=len(wrong), 每秒=round(count / took()))

    assert wrong[:5] == []


@pytest.fixture(scope="module")
def chromium():
    if not Path(CHROMIUM).exists():
        pytest.skip(f"!!! NO CHROMIUM at {CHROMIUM}: nothing was executed")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


def fired(page, items: list[str]) -> list[str]:
    """Those of the items that ran something in the browser."""
    return [items[index] for index in page.evaluate("items => run(items)", items)]


@pytest.fixture
def harness(chromium):
    """A page without an address: what it names cannot be loaded, and fails at once instead of after the test."""
    page = chromium.new_page()
    page.set_content(HARNESS)
    yield page
    page.close()


@pytest.mark.promise(
    "input",
    "净化后的文字在真实浏览器中什么也不运行",
    "长测执行 100,000 个输出（短测 20,000），0 次运行；同一检测对未净化的自发攻击向量全部报告",
)
def test_what_comes_out_runs_nothing_in_a_real_browser(harness, size, measured):
    count = size(20_000, 100_000)
    silent = set(LIVE) - set(fired(harness, LIVE))
    ran: list[str] = []
    batch: list[str] = []
    different: set[int] = set()
    compared, before = 0, ""
    for number, html in enumerate(hostile(count, 99), start=1):
        made = shown(clean(html))
        batch.append(made)
        different.add(hash(made))
        if number % COMPARED == 0:  # the difference view is HTML of ours around theirs
            batch.append(mark_html(before, html))
            compared += 1
        before = html
        if len(batch) >= BATCH or number == count:
            ran += fired(harness, batch)
            batch.clear()
    measured(
        执行=count, 不同的输出=len(different), 对照视图=compared, 运行=len(ran), 未净化向量=len(LIVE),
        未净化运行=len(LIVE) - len(silent),
    )  # fmt: skip

    assert silent == set(), "the oracle does not see these"
    assert ran == []
    assert len(fired(harness, LIVE)) >= len(LIVE) - 1, "the oracle died on the way"  # a page heeds autofocus once
