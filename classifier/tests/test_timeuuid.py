import datetime
import random
import time
import uuid

from cassandra.util import min_uuid_from_time
from django.test import SimpleTestCase

from classifier import timeuuid

MIDNIGHT = datetime.datetime(2024, 3, 1, tzinfo=datetime.UTC)
MICROSECOND = datetime.timedelta(microseconds=1)


class NewIdTests(SimpleTestCase):
    def test_is_of_version_1_and_the_standard_variant(self):
        id = timeuuid.new_id()

        self.assertEqual((id.version, id.variant), (1, uuid.RFC_4122))

    def test_holds_the_time_it_was_made_at(self):
        before = datetime.datetime.now(datetime.UTC)
        id = timeuuid.new_id()
        after = datetime.datetime.now(datetime.UTC)

        self.assertGreaterEqual(timeuuid.created_at(id), before - MICROSECOND)
        self.assertLessEqual(timeuuid.created_at(id), after)

    def test_names_no_network_card(self):
        self.assertTrue(timeuuid.new_id().node & timeuuid.MULTICAST)

    def test_repeats_neither_node_nor_clock_sequence(self):
        ids = [timeuuid.new_id() for _ in range(100)]

        self.assertEqual(len({id.node for id in ids}), 100)
        self.assertGreater(len({id.clock_seq for id in ids}), 90)


class OrderTests(SimpleTestCase):
    def test_compares_the_last_bytes_as_signed(self):
        low = uuid.UUID("e842a0e5-e78c-11f1-80ff-000000000000")
        high = uuid.UUID("e842a0e5-e78c-11f1-8000-000000000000")

        self.assertLess(timeuuid.order(low), timeuuid.order(high))

    def test_compares_the_time_first(self):
        earlier = uuid.UUID("ffffffff-e78c-11f1-be2d-abe728aa77ed")
        later = uuid.UUID("00000000-e78d-11f1-8080-808080808080")

        self.assertLess(timeuuid.order(earlier), timeuuid.order(later))

    def test_at_order_turns_it_back(self):
        for _ in range(100):
            id = timeuuid.new_id()

            self.assertEqual(timeuuid.at_order(timeuuid.order(id)), id)


class BoundTests(SimpleTestCase):
    def test_lower_bound_is_the_drivers_smallest_id_of_a_time(self):
        naive = MIDNIGHT.replace(tzinfo=None)

        self.assertEqual(timeuuid.lower_bound(MIDNIGHT), min_uuid_from_time(naive))

    def test_separates_neighbouring_microseconds(self):
        rest = random.getrandbits(62) | 1 << 63 | timeuuid.MULTICAST
        last = timeuuid.lower_bound(MIDNIGHT - MICROSECOND)
        last = uuid.UUID(int=last.int >> 64 << 64 | rest)

        self.assertLess(
            timeuuid.order(last), timeuuid.order(timeuuid.start_of(MIDNIGHT.date()))
        )
        self.assertEqual(timeuuid.day_of(last), datetime.date(2024, 2, 29))
        self.assertEqual(
            timeuuid.day_of(timeuuid.start_of(MIDNIGHT.date())), MIDNIGHT.date()
        )


class DeletionTests(SimpleTestCase):
    """A deletion is newer than all that was written of an upload."""

    def test_is_as_late_as_now(self):
        before = time.time_ns() // 1000

        at = timeuuid.microseconds_after(timeuuid.lower_bound(MIDNIGHT))

        self.assertGreaterEqual(at, before)
        self.assertLessEqual(at, time.time_ns() // 1000)

    def test_is_later_than_an_upload_of_a_clock_that_was_ahead(self):
        ahead = timeuuid.lower_bound(MIDNIGHT.replace(year=2999))

        self.assertEqual(
            timeuuid.microseconds_after(ahead), timeuuid.microseconds(ahead) + 1
        )
