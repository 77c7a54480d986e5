from django.urls import path

from jiyue.accounts.gate import declare
from jiyue.search import views


declare(["search", "search_json"], public=True)

urlpatterns = [
    path("search", views.search, name="search"),
    path("search.json", views.search_json, name="search_json"),
]
