import pytest
from selectolax.lexbor import LexborHTMLParser

from jiyue.onboarding import hijack
from tests.onboarding.samples import page


def signs(html):
    return hijack.signs(html, LexborHTMLParser(html))


def test_an_honest_page_shows_no_sign():
    assert signs(page()) == []


@pytest.mark.parametrize("spam", ["bet365体育投注官网", "澳门新葡京娱乐官网", "开云体育app登录入口"])
def test_gambling_words_in_the_title_are_a_sign(spam):
    assert signs(page(title=f"{spam}_青溪镇停水通告"))


def test_a_notice_about_fighting_gambling_is_honest():
    body = (
        "<p>市公安局查处一处百家乐赌博窝点，抓获涉嫌犯罪人员三名。</p><p>警方提醒，网络赌博是违法行为，请勿参与。</p>"
    )

    assert signs(page(body=body, title="市公安局打击网络赌博专项行动")) == []


def test_decoy_tags_with_one_meaningless_id_are_a_sign():
    decoys = "".join(
        f'<{tag} id="q8x2k"></{tag}>' for tag in ("samp", "sup", "mark", "del", "legend", "meter", "rt", "th")
    )

    assert any("随机标签" in sign for sign in signs(page(below=decoys)))


def test_repeated_ids_of_an_ordinary_template_are_none():
    assert signs(page(below='<div id="menu"></div>' * 20)) == []


def test_hidden_links_are_a_sign():
    links = "".join(f'<a href="http://x{n}.example">彩票平台</a>' for n in range(4))

    assert any(
        "隐藏" in sign for sign in signs(page(below=f'<div style="position:absolute;left:-9999px">{links}</div>'))
    )


def test_a_title_in_character_codes_is_a_sign():
    coded = "".join(f"&#{ord(character)};" for character in "澳门新葡京官网")

    assert any("编码" in sign for sign in signs(page(title=coded)))


def test_a_script_that_sends_visitors_of_search_engines_away_is_a_sign():
    script = "<script>if(/baidu|sogou/.test(document.referrer)){} var r=document.referrer;if(r.indexOf('baidu')>0){location='http://x.example'}</script>"

    assert any("跳转" in sign for sign in signs(page(head=script)))
