"""Where on a page the article is: every piece of running text weighs what it holds of sentences, link text and page
furniture weigh nothing, and the smallest element that holds nearly all of the weight is the article."""

import re
from collections.abc import Iterator
from typing import Final

from selectolax.lexbor import LexborHTMLParser, LexborNode

from jiyue.onboarding.facts import has_sentence


ENOUGH: Final = 60  # characters of running text that make an article
MAX_DEPTH: Final = 150
_BODY_HINTS: Final = (
    "#UCAP-CONTENT, #zoom, #Zoom, .TRS_Editor, .trs_editor_view, #vsb_content, .v_news_content, #rwb_zw, #ContentRegion, "
    "#div_article_content, #dochtmlcon, #artibody, .article-content, .article_content, .pages_content, .content_body"
)
_FURNITURE: Final = re.compile(
    r"nav|menu|footer|copyright|crumb|breadcrumb|sidebar|share|related|comment|recommend|hot|rank|banner|search|login|toolbar|pager|weizhi|daohang",
    re.IGNORECASE,
)


def visible(node: LexborNode | None) -> str:
    return node.text(separator="\n", strip=True) if node is not None else ""


def weigh(node: LexborNode, weights: dict[int, float], *, factor: float, depth: int) -> float:
    """Running text below every element, link text and furniture discounted."""
    total = 0.0
    child = node.first_child
    while child is not None and depth < MAX_DEPTH:
        if child.tag == "-text":
            total += factor * _text_weight((child.text_content or "").strip())
        elif not (child.tag or "-").startswith("-"):
            total += weigh(child, weights, factor=factor * _discount(child), depth=depth + 1)
        child = child.next
    weights[node.mem_id] = total
    return total


def _text_weight(text: str) -> float:
    return len(text) * (1.0 if has_sentence(text) else 0.25 if len(text) > 8 else 0.05)


def _discount(node: LexborNode) -> float:
    attributes = node.attributes
    if node.tag == "a":
        return 0.1
    if node.tag in {"nav", "footer", "header", "select", "button"}:
        return 0.1
    if "display:none" in (attributes.get("style") or "").replace(" ", ""):
        return 0.0
    named = f"{attributes.get('class') or ''} {attributes.get('id') or ''}"
    return 0.2 if _FURNITURE.search(named) and not re.search("content|article|main", named, re.IGNORECASE) else 1.0


def main_of(tree: LexborHTMLParser, weights: dict[int, float]) -> LexborNode | None:
    """The element that is the article."""
    body = tree.body
    if body is None:
        return None
    total = weights.get(body.mem_id, 0.0)
    marked = tree.css_first("meta[name=ContentStart]")
    known = [node for node in tree.css(_BODY_HINTS) if weights.get(node.mem_id, 0) >= total * 0.45]
    if marked is not None and marked.parent is not None and weights.get(marked.parent.mem_id, 0) >= total * 0.3:
        known.append(marked.parent)
    if known and total:
        return min(known, key=lambda node: weights[node.mem_id])
    return _widened(_heaviest(body, weights), weights)


def _heaviest(node: LexborNode, weights: dict[int, float]) -> LexborNode:
    """Down to the smallest element that still holds three quarters of the text above it."""
    while True:
        heavy = max(elements(node), key=lambda child: weights.get(child.mem_id, 0), default=None)
        if heavy is None or heavy.tag in {"p", "span", "font", "strong", "b", "a", "li"}:
            return node
        if weights.get(heavy.mem_id, 0) < 0.75 * weights[node.mem_id] or weights[heavy.mem_id] < ENOUGH / 2:
            return node
        node = heavy


def _widened(node: LexborNode, weights: dict[int, float]) -> LexborNode:
    """Up again: out of the parts of a table, and where what stands beside is text too (an introduction, a signature)."""
    while node.parent is not None and node.parent.tag not in {"body", "html"}:
        parent = node.parent
        beside = weights[parent.mem_id] - weights[node.mem_id]
        length = len(visible(parent)) - len(visible(node))
        if node.tag not in {"tr", "tbody", "thead", "table"} and not (beside > 30 and beside > 0.6 * length):
            return node
        node = parent
    return node


def elements(node: LexborNode) -> Iterator[LexborNode]:
    child = node.first_child
    while child is not None:
        if not (child.tag or "-").startswith("-"):
            yield child
        child = child.next
