"""The root of every address."""

from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="classifier:upload"), name="home"),
    path("", include("classifier.urls")),
    path("admin/", admin.site.urls),
]
