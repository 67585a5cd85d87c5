"""The root of every address."""

from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView

from classifier.admin.doctor import doctor
from classifier.admin.report import report
from classifier.api.urls import api

from . import health

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="classifier:upload"), name="home"),
    path("", include("classifier.urls")),
    path("api/v1/", api.urls),
    path("admin/report/", admin.site.admin_view(report), name="report"),
    path("admin/doctor/", admin.site.admin_view(doctor), name="doctor"),
    path("admin/", include("classifier.two_factor.urls")),
    path("admin/", admin.site.urls),
    path("language/", include("django.conf.urls.i18n")),
    path("healthz", health.alive, name="healthz"),
    path("readyz", health.ready, name="readyz"),
]

handler400 = "classifier.error_pages.bad_request"
