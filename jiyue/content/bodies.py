"""From the blocks an editor put together to what the public reads: HTML, plain text, and the files it shows.

Files are published under an address that is their own digest, so an address never shows anything but what was
reviewed, and a draft's files have no public address at all."""

import hashlib
from dataclasses import dataclass, field
from typing import Any

from django.utils.html import escape
from wagtail.rich_text import expand_db_html

from jiyue.common.html import clean, text_of
from jiyue.library.models import Attachment, Picture


LARGEST = "max-1600x1600"


@dataclass
class Media:
    """Collects the files a page shows while its record is drawn up."""

    files: dict[str, str] = field(default_factory=dict)  # public path → name in the media storage
    preview: bool = False  # show the back office's own address: the public one does not exist yet

    def picture(self, picture: Picture | None, alt: str = "") -> dict[str, Any] | None:
        """``{src, alt, width, height}`` of a picture as published; ``None`` for no picture."""
        if picture is None:
            return None
        shown = picture if picture.is_svg() else picture.get_rendition(LARGEST)
        return {
            "src": self._publish(shown.file),
            "alt": alt or picture.default_alt_text,
            "width": int(shown.width),
            "height": int(shown.height),
        }

    def attachment(self, attachment: Attachment, title: str = "") -> dict[str, Any]:
        return {
            "title": title or attachment.title,
            "path": self._publish(attachment.file),
            "size": attachment.get_file_size() or 0,
            "ext": attachment.file_extension.lower(),
        }

    def listed(self) -> list[dict[str, str]]:
        return [{"path": path, "file": name} for path, name in sorted(self.files.items())]

    def _publish(self, file: Any) -> str:
        if self.preview:
            return str(file.url)
        with file.open("rb") as opened:
            digest = hashlib.file_digest(opened, "sha256").hexdigest()
        path = public_path(digest, file.name)
        self.files[path] = file.name
        return path


def public_path(digest: str, name: str) -> str:
    """Where the public finds a file: by its SHA-256, with the extension of its name in the media storage."""
    return f"/m/{digest[:2]}/{digest[2:40]}.{name.rsplit('.', 1)[-1].lower()}"


def render_body(body: Any, media: Media) -> str:
    """The body as sanitised HTML. ``body`` is the value of a ``BodyBlock``."""
    return "\n".join(_RENDERERS[block.block_type](block.value, media) for block in body)


def render_text(value: Any) -> str:
    return clean(expand_db_html(value.source if hasattr(value, "source") else str(value)))


def attachments_of(body: Any, media: Media) -> list[dict[str, Any]]:
    return [
        media.attachment(b.value["file"], b.value["title"]) for b in body if b.block_type == "file" and b.value["file"]
    ]


def plain(html: str) -> str:
    return text_of(html)


def _text(value: Any, media: Media) -> str:
    return render_text(value)


def _table(value: str, media: Media) -> str:
    return clean(value)


def _image(value: Any, media: Media) -> str:
    shown = media.picture(value["picture"], value["alt"])
    if shown is None:
        return ""
    caption = f"<figcaption>{escape(value['caption'])}</figcaption>" if value["caption"] else ""
    return (
        f'<figure><img src="{shown["src"]}" alt="{escape(shown["alt"])}" width="{shown["width"]}" '
        f'height="{shown["height"]}" loading="lazy">{caption}</figure>'
    )


def _file(value: Any, media: Media) -> str:
    return ""  # attachments stand together below the text: attachments_of()


def _video(value: Any, media: Media) -> str:
    if not value["file"]:
        return ""
    poster = media.picture(value["poster"])
    shown = f' poster="{poster["src"]}"' if poster else ""
    source = media.attachment(value["file"])["path"]
    return (
        f'<figure><video controls="" preload="none" src="{source}"{shown}></video>'
        f"<figcaption>{escape(value['transcript'])}</figcaption></figure>"
    )


_RENDERERS = {"text": _text, "table": _table, "image": _image, "file": _file, "video": _video}
