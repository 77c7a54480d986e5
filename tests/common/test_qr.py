import pytest
import segno

from jiyue.common.qr import matrix, qr_svg


@pytest.mark.parametrize("length", [32, 53, 78, 106, 134])  # full codes: segno pads shorter ones with one codeword more
def test_code_is_what_a_general_encoder_makes(length: int) -> None:
    text = ("http://zwfw.yunzhou.gov.cn/zwgk/zcwj/2026/11/20261120.html?" * 3)[:length]

    code = segno.make(text.encode(), mode="byte", error="l", mask=0, boost_error=False)

    assert matrix(text) == [[bool(module) for module in row] for row in code.matrix]


def test_picture_carries_its_name_and_no_style() -> None:
    svg = qr_svg("http://localhost:8000/", "手机版<二维码>")

    assert 'aria-label="手机版&lt;二维码&gt;"' in svg
    assert "style" not in svg


def test_address_too_long_for_a_small_code_has_none() -> None:
    assert qr_svg("http://localhost/" + "a" * 200, "二维码") == ""
