"""`manage.py two_factor_reset`: for the loss of both phone and recovery codes."""

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from classifier.two_factor import devices


class Command(BaseCommand):
    help = (
        "Forget the phone and the recovery codes of a user, who then signs in by the"
        " password alone and can set up another phone. Make sure first who asks for"
        " it. Sessions that a code opened end."
    )
    requires_system_checks = ()

    def add_arguments(self, parser):
        parser.add_argument("username", help="the name that they sign in with")

    def handle(self, *, username, **options):
        users = get_user_model()
        try:
            user = users.objects.get_by_natural_key(username)
        except users.DoesNotExist:
            raise CommandError(
                _("There is no user with the name “%(name)s”.") % {"name": username}
            ) from None
        if devices.turn_off(user):
            said = _("The two-step sign-in of %(name)s is off.")
        else:
            said = _("The two-step sign-in of %(name)s was not on.")
        self.stdout.write(said % {"name": username})
