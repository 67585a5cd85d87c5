from django.test import SimpleTestCase, override_settings

from deewhy.server.admission import (
    BYTE_S,
    GIVE_UP_AFTER_S,
    LARGE_BYTES,
    MOST_WAIT_S,
    UPLOAD_S,
    Admission,
)

SMALL, LARGE = 1_000, 3_000_000
THREADS = 8


@override_settings(UPLOADS_AT_ONCE=4)
class AdmissionTests(SimpleTestCase):
    def setUp(self):
        self.now = 1000.0
        with self.settings(UPLOADS_AT_ONCE=4):
            self.admission = Admission(THREADS, clock=lambda: self.now)

    def add(self, *sizes):
        """Queue uploads that arrive one after the other."""
        jobs = []
        for size in sizes:
            self.now += 0.001
            jobs.append(self.admission.add(size, size))
        return jobs

    def run_next(self, count):
        jobs = [self.admission.next() for _ in range(count)]
        return [job and job.work for job in jobs]

    def teach(self, size, seconds):
        """Let uploads of a size run for so long, until the estimate has learned it."""
        for _ in range(50):
            self.add(size)
            job = self.admission.next()
            self.now += seconds
            self.admission.end(job)

    def test_the_first_to_arrive_runs_first(self):
        self.add(SMALL, LARGE, SMALL + 1)

        self.assertEqual(self.run_next(3), [SMALL, LARGE, SMALL + 1])

    def test_no_more_run_than_there_are_places(self):
        self.add(*[SMALL] * 6)

        self.assertEqual(self.run_next(5), [SMALL] * 4 + [None])

    def test_an_end_makes_room_for_the_next(self):
        self.add(*[SMALL] * 5)
        first = self.admission.next()
        self.run_next(3)

        self.admission.end(first)

        self.assertEqual(self.run_next(2), [SMALL, None])

    def test_large_files_leave_half_of_the_places_to_small_ones(self):
        self.add(*[LARGE] * 6, SMALL, SMALL)

        self.assertEqual(self.run_next(5), [LARGE, LARGE, SMALL, SMALL, None])

    def test_small_files_do_not_starve_large_ones(self):
        running = self.add(*[SMALL] * 4)
        self.run_next(4)
        self.add(LARGE, *[SMALL] * 4)

        self.admission.end(running[0])

        self.assertEqual(self.run_next(1), [LARGE])

    def test_thirty_two_of_the_largest_photographs_are_accepted(self):
        self.add(*[LARGE] * 31)

        self.assertEqual(self.admission.seconds_too_long(LARGE), 0)

    def test_refuses_what_would_wait_over_two_seconds(self):
        self.teach(SMALL, 0.5)
        self.add(*[SMALL] * 9)

        self.assertEqual(self.admission.seconds_too_long(SMALL), 1)

    def test_accepts_what_would_wait_for_two_seconds_at_most(self):
        self.teach(SMALL, 0.5)
        self.add(*[SMALL] * 7)

        self.assertEqual(self.admission.seconds_too_long(SMALL), 0)

    def test_says_when_the_work_in_hand_will_be_short_enough(self):
        self.teach(SMALL, 0.5)
        self.add(*[SMALL] * 40)  # 10 s, in two places

        self.assertEqual(self.admission.seconds_too_long(SMALL), 10 - MOST_WAIT_S)

    def test_a_single_stall_refuses_nothing(self):
        self.teach(SMALL, UPLOAD_S)
        self.add(SMALL)
        job = self.admission.next()
        self.now += 60
        self.admission.end(job)
        self.add(*[SMALL] * 100)

        self.assertEqual(self.admission.seconds_too_long(SMALL), 0)

    def test_photographs_refuse_no_small_picture(self):
        self.teach(LARGE, 1)
        self.add(*[LARGE] * 40)

        self.assertGreater(self.admission.seconds_too_long(LARGE), 0)
        self.assertEqual(self.admission.seconds_too_long(SMALL), 0)

    def test_an_idle_worker_refuses_nothing(self):
        self.teach(SMALL, 60)

        self.assertEqual(self.admission.seconds_too_long(SMALL), 0)

    def test_learns_that_uploads_are_quick_again(self):
        self.teach(SMALL, 60)
        self.teach(SMALL, UPLOAD_S)
        self.add(*[SMALL] * 100)

        self.assertEqual(self.admission.seconds_too_long(SMALL), 0)

    def test_gives_up_what_waited_far_longer_than_estimated(self):
        self.add(SMALL, SMALL)
        prompt = self.admission.next()
        self.now += GIVE_UP_AFTER_S + 1
        late = self.admission.next()

        self.assertIs(self.admission.is_too_late(prompt), False)
        self.assertIs(self.admission.is_too_late(late), True)

    def test_what_was_given_up_teaches_nothing(self):
        self.add(SMALL)
        self.admission.end(self.admission.next(), has_run=False)

        self.assertEqual([*self.admission.small.measured], [1])

    def test_a_file_counts_by_its_size(self):
        [job] = self.add(LARGE_BYTES + 1)

        self.assertIs(job.lane, self.admission.large)
        self.assertAlmostEqual(job.estimate_s, UPLOAD_S + BYTE_S * (LARGE_BYTES + 1))


class OnePlaceTests(SimpleTestCase):
    def test_a_single_place_takes_both_kinds(self):
        with self.settings(UPLOADS_AT_ONCE=1):
            admission = Admission(THREADS)
        admission.add("large", LARGE)
        admission.add("small", SMALL)

        job = admission.next()
        self.assertEqual(job.work, "large")
        self.assertIsNone(admission.next())
        admission.end(job)
        self.assertEqual(admission.next().work, "small")
