from django.test import SimpleTestCase

from deewhy.server.pace import SLOWEST_BYTES_PER_S, WINDOW_BYTES, WINDOW_S, Pace


class PaceTests(SimpleTestCase):
    def test_a_client_has_a_window_to_move_enough(self):
        pace = Pace(1 << 30)
        pace.move(WINDOW_BYTES - 1)

        self.assertEqual(pace.until, pace.began + WINDOW_S)

    def test_enough_bytes_open_the_next_window(self):
        pace = Pace(1 << 30)
        pace.move(WINDOW_BYTES)

        self.assertGreater(pace.until, pace.began + WINDOW_S)

    def test_no_window_reaches_beyond_the_time_for_the_whole(self):
        pace = Pace(0)
        pace.move(WINDOW_BYTES)

        self.assertEqual(pace.until, pace.began + WINDOW_S)

    def test_a_larger_body_has_more_time(self):
        pace = Pace(SLOWEST_BYTES_PER_S)

        self.assertEqual(pace.ends, pace.began + WINDOW_S + 1)
