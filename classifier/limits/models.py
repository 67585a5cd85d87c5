"""The counts of the rate limits, in the default database."""

from django.db import models


class Usage(models.Model):
    """The time, in seconds since 1970, until which a caller's rate limit is used up."""

    caller = models.CharField(max_length=80, primary_key=True)
    used_until = models.FloatField(db_index=True)

    def __str__(self):
        return self.caller
