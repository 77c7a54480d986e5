from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from wagtail.admin.auth import require_admin_access
from wagtail.permissions import policy_registry

from jiyue.library.models import Picture, PictureRendition


@require_admin_access
def media(request: HttpRequest, path: str) -> HttpResponse | FileResponse:
    """A picture as the back office shows it. Media have no public address before they are published, and afterwards
    another one."""
    rendition = PictureRendition.objects.filter(file=path).select_related("image").first()
    picture = rendition.image if rendition else Picture.objects.filter(file=path).first()
    policy = policy_registry.get_by_type(Picture)
    if picture is None or not policy.user_has_permission_for_instance(request.user, "view", picture):
        raise Http404
    response = FileResponse((rendition or picture).file.open("rb"))
    response["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    response["Cache-Control"] = "private, max-age=3600"
    return response
