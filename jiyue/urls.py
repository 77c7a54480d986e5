from django.urls import include, path
from wagtail.admin import urls as admin_urls
from wagtail.documents import urls as document_urls

from jiyue.library import views as library


urlpatterns = [
    path("admin/media/<path:path>", library.media, name="library_media"),
    path("", include("jiyue.search.urls")),
    path("", include("jiyue.accounts.urls")),
    path("admin/", include(admin_urls)),
    path("documents/", include(document_urls)),
]
handler500 = "jiyue.common.room.server_error"
