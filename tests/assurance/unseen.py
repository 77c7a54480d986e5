"""Middleware for attacks that look at what became of the database, not at the screens: no template is rendered."""

from django.http import HttpResponse


class Unseen(HttpResponse):
    def __init__(self, response):
        super().__init__(status=response.status_code)
        self.context_data = response.context_data

    def render(self):
        return self


class Unrendered:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_template_response(self, request, response):
        return Unseen(response)
