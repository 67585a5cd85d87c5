"""What the admin knows of networks: their permissions, and the name in its log."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Network(models.Model):
    """A checkpoint by its version. It is a folder: there is no table of them."""

    version = models.CharField(_("version"), max_length=100, primary_key=True)

    class Meta:
        managed = False
        default_permissions = ("view", "change")
        permissions = [("learn_network", _("Can learn networks"))]
        verbose_name = _("network")
        verbose_name_plural = _("networks")

    def __str__(self):
        return self.version
