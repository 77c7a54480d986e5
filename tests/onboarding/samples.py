"""Pages and Word files written for the tests, in the shapes real sites have."""

import io
import struct
import zipfile
import zlib


SENTENCES = (
    "为进一步改善农村饮水条件，云州市水利局决定从下月起对青溪镇等五个乡镇的供水管网进行改造。",
    "改造期间将分段停水，每段不超过四小时，具体时间由镇政府提前两天张贴告知。",
    "群众如遇特殊困难，可以拨打镇水利站的值班电话，由工作人员上门送水。",
)
PARAGRAPHS = "".join(f"<p>　　{sentence}</p>" for sentence in SENTENCES)


def page(
    body=PARAGRAPHS,
    title="青溪镇供水管网改造停水通告",
    head="",
    info="<span>发布日期：2021-03-05 09:30</span><span>来源：云州市水利局</span>",
    below="",
):
    """An article page with the furniture of an ordinary government site."""
    links = "".join(f"<li><a href='/col{n}/'>栏目名称{n}</a></li>" for n in range(12))
    return f"""<!DOCTYPE html><html><head><title>{title}_云州市水利局网站</title>{head}</head><body>
<div class="nav"><ul>{links}</ul></div><div class="crumb">当前位置：<a href="/">首页</a> &gt; <a href="/tzgg/">通知公告</a></div>
<div class="box"><h1>{title}</h1><div class="info">{info}<span>字号：[大 中 小]</span></div>
<div class="text">{body}</div><div class="tools">【打印】【关闭】</div></div>{below}
<div class="related"><h3>相关阅读</h3><ul>{links}</ul></div>
<div class="footer">主办单位：云州市水利局　网站标识码：0000000000　备案号：虚ICP备00000000号</div></body></html>"""


def list_page():
    rows = "".join(
        f"<li><a href='/a{n}.html'>关于第{n}批供水改造情况的通告</a><span>2021-03-{n:02d}</span></li>"
        for n in range(1, 21)
    )
    return f"<html><head><title>通知公告</title></head><body><div class='nav'><a href='/'>首页</a></div><ul class='list'>{rows}</ul></body></html>"


def png(width=2, height=2):
    def chunk(kind, data):
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    rows = b"".join(b"\x00" + b"\x12\x49\x8f" * width for _ in range(height))
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
DRAWN = (
    '<w:p><w:r><w:drawing><wp:inline xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing">'
    '<wp:docPr id="1" name="p" descr="会场"/><a:graphic xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main">'
    '<a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/picture">'
    '<pic:pic xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture"><pic:blipFill>'
    '<a:blip xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" r:embed="rId9"/>'
    "</pic:blipFill></pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing></w:r></w:p>"
)


def paragraph(text, style="", align="", bold=False):
    style = f'<w:pStyle w:val="{style}"/>' if style else ""
    align = f'<w:jc w:val="{align}"/>' if align else ""
    bold = "<w:rPr><w:b/></w:rPr>" if bold else ""
    return f"<w:p><w:pPr>{style}{align}</w:pPr><w:r>{bold}<w:t>{text}</w:t></w:r></w:p>"


def table(rows):
    cells = ["".join(f"<w:tc>{paragraph(cell, bold=n == 0)}</w:tc>" for cell in row) for n, row in enumerate(rows)]
    return f"<w:tbl>{''.join(f'<w:tr>{row}</w:tr>' for row in cells)}</w:tbl>"


def docx(body, picture=None, picture_type="png", extra=None):
    """The smallest Word file with this body; styles named as Chinese Word and WPS name them."""
    types = (
        '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/><Default Extension="png" ContentType="image/png"/>'
        '<Default Extension="emf" ContentType="image/x-emf"/>'
        '<Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>'
    )
    relation = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    rels = '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    styles = "".join(
        f'<w:style w:type="paragraph" w:styleId="{key}"><w:name w:val="{name}"/></w:style>'
        for key, name in (("a3", "标题"), ("1", "heading 1"), ("2", "标题 2"))
    )
    parts = {
        "[Content_Types].xml": types,
        "_rels/.rels": f'{rels}<Relationship Id="rId1" Type="{relation}/officeDocument" Target="word/document.xml"/></Relationships>',
        "word/document.xml": f'<?xml version="1.0"?><w:document {W}><w:body>{body}</w:body></w:document>',
        "word/styles.xml": f'<?xml version="1.0"?><w:styles {W}>{styles}</w:styles>',
        "word/_rels/document.xml.rels": f'{rels}<Relationship Id="rId2" Type="{relation}/styles" Target="styles.xml"/>'
        f'<Relationship Id="rId9" Type="{relation}/image" Target="media/image1.{picture_type}"/></Relationships>',
        **(extra or {}),
    }
    if picture is not None:
        parts[f"word/media/image1.{picture_type}"] = picture
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return file.getvalue()
