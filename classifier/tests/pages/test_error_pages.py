from django.core.exceptions import PermissionDenied
from django.test import RequestFactory, SimpleTestCase, override_settings
from django.urls import include, path
from django.utils import translation
from django.views.defaults import server_error

from classifier.exceptions import HistoryUnavailable


def broken(request):
    raise RuntimeError("a bug")


def forbidden(request):
    raise PermissionDenied


def away(request):
    raise HistoryUnavailable("no node answers")


urlpatterns = [
    path("", include("deewhy.urls")),
    path("broken", broken),
    path("forbidden", forbidden),
    path("away", away),
]
handler400 = "classifier.error_pages.bad_request"


@override_settings(ROOT_URLCONF=__name__)
class ErrorPageTests(SimpleTestCase):
    def setUp(self):
        self.client.raise_request_exception = False

    def test_an_unknown_address(self):
        response = self.client.get("/nowhere")

        self.assertContains(response, "There is nothing here", status_code=404)

    def test_an_address_for_others(self):
        response = self.client.get("/forbidden")

        self.assertContains(response, "not allowed here", status_code=403)

    def test_a_bug(self):
        with self.assertLogs("django.request", "ERROR"):
            response = self.client.get("/broken")

        self.assertContains(response, "Something broke", status_code=500)

    def test_a_part_that_is_away(self):
        with self.assertLogs("classifier.error_pages", "ERROR"):
            response = self.client.get("/away")

        self.assertContains(response, "history of uploads", status_code=503)

    @override_settings(DATA_UPLOAD_MAX_MEMORY_SIZE=10)
    def test_a_body_over_the_limit(self):
        response = self.client.post("/upload", {"field": "x" * 100})

        self.assertContains(response, "too much at once", status_code=413)

    def test_a_bug_is_told_in_the_active_language(self):
        with translation.override("zh-hans"):
            response = server_error(RequestFactory().get("/"))

        self.assertContains(response, "出错了", status_code=500)
