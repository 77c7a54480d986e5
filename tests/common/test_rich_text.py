import json
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from jiyue.content.models import Article


WORDS = ("教育", "水利", "公安", "财政", "民政", "司法", "科技", "统计")


@pytest.fixture
def impatient():
    """Threads take turns a thousand times as often as usual."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


def test_people_who_open_editors_at_once_get_their_own_words(impatient):
    """One block definition serves every editor of a page type, in every thread."""
    block = Article.body.field.stream_block.child_blocks["text"]
    texts = {word: "".join(f"<p>{word}{number}<b>要点</b></p>" for number in range(40)) for word in WORDS}
    alone = {word: _opened(block, text) for word, text in texts.items()}

    with ThreadPoolExecutor(len(WORDS)) as people:
        opened = list(people.map(lambda word: (word, _opened(block, texts[word])), WORDS * 5))

    assert all(words == alone[word] for word, words in opened)


def _opened(block, text):
    shown = json.loads(block.get_form_state(block.to_python(text)))
    return [part["text"] for part in shown["blocks"]]
