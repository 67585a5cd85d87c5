"""The addresses under `/admin/` that the two steps add or replace."""

from django.contrib.admin import site
from django.urls import path

from . import views

app_name = "two_factor"
urlpatterns = [
    path("login/", views.SignIn.as_view(), name="sign-in"),  # instead of Django's
    path("login/code/", views.code, name="code"),
    path("login/cancel/", views.cancel, name="cancel"),
    path("two-step/", site.admin_view(views.overview), name="overview"),
    path("two-step/set-up/", views.set_up, name="set-up"),
    path(
        "two-step/recovery-codes/",
        site.admin_view(views.recovery_codes),
        name="recovery-codes",
    ),
    path("two-step/turn-off/", site.admin_view(views.turn_off), name="turn-off"),
]
