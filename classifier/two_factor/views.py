"""The pages of both sign-in steps, and of the set-up of the second."""

from base64 import b32encode
from functools import wraps

from django.conf import settings
from django.contrib import admin, auth, messages
from django.contrib.admin.forms import AdminAuthenticationForm
from django.contrib.auth.views import LoginView, redirect_to_login
from django.http import HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST
from django_otp import DEVICE_ID_SESSION_KEY
from django_otp.plugins.otp_static.models import StaticDevice

from . import devices, qr, signing_in
from .forms import CodeForm, SetUpForm

KEY = "two_factor_key"


class SignIn(LoginView):
    """Asks for name and password like the admin, then for the remaining step."""

    authentication_form = AdminAuthenticationForm
    template_name = "admin/login.html"

    def get(self, request, *args, **kwargs):
        if admin.site.has_permission(request):
            return redirect("admin:index")
        return super().get(request, *args, **kwargs)

    def form_valid(self, form):
        user = form.get_user()
        if devices.is_on(user):
            step = "two_factor:code"
        elif devices.is_due(user):
            step = "two_factor:set-up"
        else:
            return super().form_valid(form)
        signing_in.begin(self.request, user)
        query = urlencode({"next": self.get_success_url()})
        return HttpResponseRedirect(f"{reverse(step)}?{query}")

    def get_default_redirect_url(self):
        return reverse("admin:index")

    def get_context_data(self, **kwargs):
        return {
            **admin.site.each_context(self.request),
            **super().get_context_data(**kwargs),
            "title": _("Log in"),
            "subtitle": None,
            "app_path": self.request.get_full_path(),
            "username": self.request.user.get_username(),
            "next": self.get_success_url(),
        }


@sensitive_post_parameters()
@never_cache
def code(request):
    """Ask for the code after the right password, and sign the user in."""
    user = signing_in.person(request)
    if user is None or not devices.is_on(user):
        return redirect_to_login(next_page(request), reverse("admin:login"))
    form = CodeForm(user, request.POST or None)
    if not form.is_valid():
        context = {"title": _("Enter a code"), "form": form, "person": user}
        return page(request, "code", context)
    signing_in.complete(request, user, form.device)
    if isinstance(form.device, StaticDevice):
        warn_of_recovery_codes(request, user)
    return HttpResponseRedirect(next_page(request))


@require_POST
def cancel(request):
    """Cancel the sign-in between the two steps."""
    auth.logout(request)
    return redirect("admin:login")


@sensitive_post_parameters()
@never_cache
def set_up(request):
    """Show the key of a new phone; its first code turns the second step on."""
    is_signed_in = admin.site.has_permission(request)
    user = request.user if is_signed_in else signing_in.person(request)
    if user is None:
        return redirect_to_login(next_page(request), reverse("admin:login"))
    if devices.is_on(user):
        return redirect(f"two_factor:{'overview' if is_signed_in else 'code'}")
    key = request.session.setdefault(KEY, devices.draw_key())
    form = SetUpForm(user, key, request.POST or None)
    if form.is_valid():
        del request.session[KEY]
        signing_in.complete(request, user, form.device)
        return show_recovery_codes(request, _("Two-step sign-in is on"))
    address = devices.phone(user, key).config_url
    context = {
        "title": _("Set up two-step sign-in"),
        "form": form,
        "is_due": not is_signed_in,
        "address": address,
        "picture": qr.svg(address),
        "key": typed(key),
    }
    return page(request, "set_up", context)


def for_whom_it_is_on(view):
    """Redirect users without a second factor to its set-up."""

    @wraps(view)
    def inner(request):
        if devices.is_on(request.user):
            return view(request)
        return redirect("two_factor:set-up")

    return inner


@for_whom_it_is_on
def overview(request):
    """Show that two-step sign-in is on, with the possible actions."""
    context = {
        "title": _("Two-step sign-in"),
        "left": devices.recovery_codes_left(request.user),
    }
    return page(request, "overview", context)


@sensitive_post_parameters()
@for_whom_it_is_on
def recovery_codes(request):
    """Make new recovery codes after a valid code."""
    form = CodeForm(request.user, request.POST or None)
    if form.is_valid():
        return show_recovery_codes(request, _("New recovery codes"))
    context = {
        "title": _("New recovery codes"),
        "explanation": _("The old codes then stop working."),
        "button": _("Make new ones"),
        "form": form,
    }
    return page(request, "confirm", context)


@sensitive_post_parameters()
@for_whom_it_is_on
def turn_off(request):
    """Delete the phone and the recovery codes after a valid code."""
    form = CodeForm(request.user, request.POST or None)
    if form.is_valid():
        devices.turn_off(request.user)
        del request.session[DEVICE_ID_SESSION_KEY]  # or it would be anonymous
        messages.success(request, _("Two-step sign-in is off."))
        return redirect("admin:index")
    context = {
        "title": _("Turn two-step sign-in off"),
        "explanation": (
            _(
                "You then sign in again and set it up anew, because this site "
                "requires it."
            )
            if settings.ADMIN_TWO_FACTOR
            else _("Then your password alone opens the admin.")
        ),
        "button": _("Turn it off"),
        "form": form,
    }
    return page(request, "confirm", context)


def show_recovery_codes(request, title):
    """Make recovery codes and show them in this response only, which is not cached."""
    context = {
        "title": title,
        "codes": devices.renew_recovery_codes(request.user),
        "next": next_page(request),
    }
    return page(request, "recovery_codes", context)


def warn_of_recovery_codes(request, user):
    """Tell users after a recovery code how many are left."""
    left = devices.recovery_codes_left(user)
    said = ngettext(
        "That was a recovery code, %d is left.",
        "That was a recovery code, %d are left.",
        left,
    )
    messages.warning(request, said % left)


def next_page(request):
    """Return the target of a sign-in, if it is a page of this site."""
    wanted = request.GET.get("next", "")
    if url_has_allowed_host_and_scheme(
        wanted, request.get_host(), require_https=request.is_secure()
    ):
        return wanted
    return reverse("admin:index")


def page(request, name, context):
    """Return a page in the admin's frame; its menu only for signed-in users."""
    frame = admin.site.each_context(request)
    frame["is_nav_sidebar_enabled"] &= frame["has_permission"]
    return render(request, f"two_factor/{name}.html", {**frame, **context})


def typed(key):
    """Return a key for typing: base 32, in groups of four."""
    text = b32encode(bytes.fromhex(key)).decode()
    return " ".join(text[start : start + 4] for start in range(0, len(text), 4))
