import datetime
import uuid
from unittest import mock

from django.test import SimpleTestCase, TestCase, override_settings, tag

from classifier import history, timeuuid
from classifier.checks import check_shards
from classifier.history import counts, days, records

from ..fixtures.uploads import NOON, make_upload, statements_sent


@tag("cassandra")
class RecordTests(TestCase):
    databases = {"cassandra"}

    def test_reads_back_every_column_as_written(self):
        upload = make_upload()
        history.record(upload)

        read = history.get(upload.id)

        for name in records.COLUMNS:
            with self.subTest(name):
                if name == "probabilities":  # kept in 32 bits
                    self.assertAlmostEqual(read.probabilities[0], 0.91, places=6)
                else:
                    self.assertEqual(getattr(read, name), getattr(upload, name))

    def test_is_acknowledged_before_it_is_counted(self):
        order = mock.Mock()
        with mock.patch.object(counts, "add", order.counted):
            history.record(make_upload(), order.acknowledged)

        self.assertEqual(
            [call[0] for call in order.mock_calls], ["acknowledged", "counted"]
        )

    def test_is_not_corrected_at_first(self):
        upload = make_upload()
        history.record(upload)

        self.assertIs(history.get(upload.id).is_corrected, False)

    def test_knows_the_time_of_the_upload_in_utc(self):
        self.assertEqual(make_upload(NOON).created_at, NOON)

    def test_writing_a_record_twice_leaves_one_that_is_the_same(self):
        upload = make_upload()
        history.record(upload)
        history.record(upload)

        [row] = history.page().rows

        self.assertEqual(len(row.class_names), 10)

    def test_asks_whether_it_is_there_unless_its_id_was_just_drawn(self):
        for is_first_attempt in (True, False):
            with self.subTest(is_first_attempt), statements_sent() as sent:
                upload = make_upload()
                upload.is_first_attempt = is_first_attempt
                history.record(upload)

            self.assertIs(records.EXISTS not in sent, is_first_attempt)

    def test_a_record_that_comes_again_does_not_undo_its_deletion(self):
        upload = make_upload()
        history.record(upload)
        history.delete(upload)
        history.record(upload)

        self.assertIsNone(history.get(upload.id))

    def test_a_record_that_comes_late_does_not_undo_its_deletion(self):
        upload = make_upload()
        history.delete(upload)
        history.record(upload)

        self.assertIsNone(history.get(upload.id))

    def test_deletes_a_record_of_a_clock_that_was_set_back_since(self):
        upload = make_upload(
            datetime.datetime.now(datetime.UTC) + datetime.timedelta(hours=1)
        )
        history.record(upload)
        history.delete(upload)

        self.assertIsNone(history.get(upload.id))

    def test_deletes_a_correction_of_a_clock_that_was_set_back_since(self):
        upload = make_upload(
            datetime.datetime.now(datetime.UTC) + datetime.timedelta(hours=1)
        )
        history.record(upload)
        history.delete(history.correct(upload, "Coat", by="Ada"))

        self.assertIsNone(history.get(upload.id))

    def test_an_unknown_id_is_none(self):
        history.record(make_upload())

        for id in (history.new_id(), make_upload().id, uuid.uuid4()):
            with self.subTest(id=id):
                self.assertIsNone(history.get(id))

    def test_deletes_a_record(self):
        upload = make_upload()
        history.record(upload)
        history.delete(upload)

        self.assertIsNone(history.get(upload.id))
        self.assertEqual(history.page().rows, [])

    def test_writes_the_row_of_today_once_per_process(self):
        history.record(make_upload(datetime.datetime.now(datetime.UTC)))
        with statements_sent() as sent:
            history.record(make_upload(datetime.datetime.now(datetime.UTC)))

        self.assertIn(records.INSERT, sent)
        self.assertNotIn("upload_day", "".join(sent))

    def test_finds_a_record_of_today_with_one_read(self):
        upload = make_upload(datetime.datetime.now(datetime.UTC))
        history.record(upload)
        with statements_sent() as sent:
            history.get(upload.id)

        self.assertEqual(sent, [records.SELECT])

    def test_writes_the_row_of_a_purged_day_again(self):
        history.record(make_upload())
        days.remove(NOON.date())
        upload = make_upload()
        history.record(upload)

        self.assertEqual(history.get(upload.id).id, upload.id)


class ShardsCheckTests(SimpleTestCase):
    def test_refuses_a_number_that_no_page_can_read(self):
        for shards, expected in ((0, 1), (1, 0), (64, 0), (65, 1)):
            with self.subTest(shards=shards), override_settings(HISTORY_SHARDS=shards):
                self.assertEqual(len(check_shards(None)), expected)


@tag("cassandra")
class ShardTests(TestCase):
    databases = {"cassandra"}

    @override_settings(HISTORY_SHARDS=4)
    def test_a_day_keeps_the_number_it_began_with(self):
        with override_settings(HISTORY_SHARDS=1):
            history.record(make_upload())
        days.forget()
        upload = make_upload()
        history.record(upload)

        self.assertEqual(days.shards_of(NOON.date()), 1)
        self.assertEqual(history.get(upload.id).shard, 0)

    @override_settings(HISTORY_SHARDS=4)
    def test_two_processes_with_different_settings_agree(self):
        days.ensure(NOON.date())
        with override_settings(HISTORY_SHARDS=16):
            self.assertEqual(days._begin(NOON.date()), 4)

    def test_spreads_ids_evenly(self):
        shards = [days.shard_of(timeuuid.new_id(), 4) for _ in range(1000)]

        for shard in range(4):
            self.assertGreater(shards.count(shard), 180)

    def test_keeps_the_shard_of_an_id_for_ever(self):
        id = uuid.UUID("e842a0e5-e78c-11f1-be2d-abe728aa77ed")

        # CRC-32 of the 16 bytes is 0xE64A9D6D.
        self.assertEqual(days.shard_of(id, 16), 13)
