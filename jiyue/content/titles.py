"""The title field of the editor."""

from typing import Any

from wagtail.admin.panels import TitleFieldPanel


class TitlePanel(TitleFieldPanel):
    """Without Wagtail's copying of the title into the slug: items have no such field, and Chinese leaves nothing of it."""

    class BoundPanel(TitleFieldPanel.BoundPanel):
        def get_attrs(self) -> dict[str, Any]:
            return {"placeholder": self.get_placeholder()}
