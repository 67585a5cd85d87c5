"""A trustworthy time for irreversible actions: two clocks have to agree."""

import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from .. import history
from ..exceptions import ClockInDoubt

MAX_DIFFERENCE = datetime.timedelta(minutes=5)


def agreed_now():
    """Return the earlier time of this machine and Cassandra, if they agree.

    Raises:
        ClockInDoubt: they are minutes apart.
        HistoryUnavailable: Cassandra does not answer.
    """
    own, other = timezone.now(), history.now()
    if abs(own - other) > MAX_DIFFERENCE:
        raise ClockInDoubt(
            _(
                "The clock of this machine shows %(own)s, Cassandra's shows "
                "%(other)s: no upload is deleted by age. Synchronise both "
                "machines by NTP."
            )
            % {"own": f"{own:%Y-%m-%d %H:%M}", "other": f"{other:%Y-%m-%d %H:%M}"}
        )
    return min(own, other)
