"""Public pages of the content app: selectors that return plain data, and the renderers built on them.

``sites`` what a website is · ``frame`` what stands on all its pages · ``rows`` lists · ``home`` ``column`` ``item``
``feeds`` ``standing`` one kind of page each · ``targets`` which addresses there are. ``register()`` is called once, when
the app is ready; it hands everything to the publisher through ``jiyue.common.pages``.
"""


def register() -> None:
    from jiyue.common.pages import register_locator, register_renderer  # models are ready now, not at import
    from jiyue.content.pages import column, feeds, home, item, media, standing, targets

    register_renderer("home", home.render_home)
    register_renderer("column", column.render_columns)
    register_renderer("archive", column.render_archives)
    register_renderer("item", item.render_items)
    register_renderer("feed", feeds.render_feeds)
    register_renderer("sitemap", feeds.render_sitemaps)
    register_renderer("standing", standing.render_standing)
    register_renderer("asset", standing.render_assets)
    register_renderer("media", media.render_media)
    register_locator(targets.locate)
