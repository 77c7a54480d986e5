from jiyue.onboarding.blocks import blocks_of, with_header


def test_text_tables_and_pictures_keep_their_order():
    blocks = blocks_of(
        "<h2>一</h2><p>甲</p><table><tr><td>1</td><td>2</td></tr></table><p>乙<img src='/m/pending/1' alt='图'>丙</p>"
    )

    assert [block.kind for block in blocks] == ["text", "table", "text", "image", "text"]
    assert blocks[0].value == "<h2>一</h2><p>甲</p>"
    assert (blocks[3].value, blocks[3].alt) == ("/m/pending/1", "图")


def test_a_short_centred_line_below_a_picture_is_its_caption():
    blocks = blocks_of("<p><img src='/m/pending/1'></p><p align=center>改造现场</p><p>正文。</p>")

    assert blocks[0].caption == "改造现场"
    assert blocks[1].value == "<p>正文。</p>"


def test_a_centred_sentence_below_a_picture_is_text():
    blocks = blocks_of("<p><img src='/m/pending/1'></p><p align=center>改造已经完成。</p>")

    assert [block.kind for block in blocks] == ["image", "text"]


def test_a_bold_first_row_is_the_header_of_a_table():
    table = blocks_of(
        "<table><tr><td colspan=2><b>项目</b></td><td><b>金额</b></td></tr><tr><td>甲</td><td>乙</td><td>1</td></tr></table>"
    )[0].value

    assert '<th colspan="2" scope="colgroup">项目</th><th scope="col">金额</th>' in table
    assert with_header(table) == table


def test_a_row_with_one_plain_cell_is_no_header():
    table = blocks_of("<table><tr><td><b>项目</b></td><td>金额</td></tr><tr><td>甲</td><td>1</td></tr></table>")[
        0
    ].value

    assert "<th" not in table
