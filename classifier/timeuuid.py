"""Ids that contain their creation time, in Cassandra's order.

A version 1 UUID (RFC 9562) counts ticks of 100 ns since 15 October 1582.
"""

import datetime
import secrets
import time
import uuid

TICKS_PER_SECOND = 10_000_000
EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)
EPOCH_TICKS = 0x01B21DD213814000  # RFC 9562, section 5.1: 1970 counted from 1582
MULTICAST = 1 << 40  # marks a node that is no network card (RFC 9562, section 6.10)
SIGN_BITS = 0x8080808080808080


def new_id():
    """Return an id of the current time; its other 61 bits are random.

    It cannot be guessed, nor repeated by another process or a clock set back.
    """
    ticks = time.time_ns() // 100 + EPOCH_TICKS
    clock_sequence = secrets.randbits(14)
    return uuid.UUID(
        fields=(
            ticks & 0xFFFFFFFF,
            ticks >> 32 & 0xFFFF,
            ticks >> 48 & 0x0FFF | 0x1000,
            clock_sequence >> 8 | 0x80,
            clock_sequence & 0xFF,
            secrets.randbits(48) | MULTICAST,
        )
    )


def created_at(id):
    """Return the aware UTC time in an id, to the microsecond."""
    return EPOCH + datetime.timedelta(microseconds=microseconds(id))


def microseconds(id):
    """Return the microseconds since 1970 in an id, for CQL's USING TIMESTAMP."""
    return (id.time - EPOCH_TICKS) // 10


def microseconds_after(id):
    """Return a deletion time that is newer than every write of an id's upload.

    That is now, unless the clock was set back since the upload.
    """
    return max(time.time_ns() // 1000, microseconds(id) + 1)


def day_of(id):
    """Return the UTC day of an id."""
    return created_at(id).date()


def order(id):
    """Return an integer that sorts ids as Cassandra does.

    Its TimeUUIDType compares the time, then the last eight bytes, each signed.
    """
    return id.time << 64 | (id.int & (1 << 64) - 1) ^ SIGN_BITS


def at_order(order):
    """Return the id at a position: the inverse of `order`, for bounds."""
    ticks, rest = order >> 64, order & (1 << 64) - 1
    return uuid.UUID(
        int=(ticks & 0xFFFFFFFF) << 96
        | (ticks >> 32 & 0xFFFF) << 80
        | (ticks >> 48 & 0x0FFF | 0x1000) << 64
        | rest ^ SIGN_BITS
    )


def lower_bound(moment):
    """Return an id below every `new_id` of an aware time, and above all before it."""
    microseconds = (moment - EPOCH) // datetime.timedelta(microseconds=1)
    return at_order(microseconds * 10 + EPOCH_TICKS << 64)


def start_of(day):
    """Return the lower bound of a UTC day."""
    return lower_bound(
        datetime.datetime.combine(day, datetime.time.min, tzinfo=datetime.UTC)
    )


def narrowed_to(first, low, high, *, following=None):
    """Return the narrower of two exclusive bounds and those of some UTC days.

    They are one day, or those before `following`.
    """
    end = start_of(following or first + datetime.timedelta(1))
    start = at_order(order(start_of(first)) - 1)
    return max(low, start, key=order), min(high, end, key=order)
