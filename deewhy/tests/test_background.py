import threading

from django.test import SimpleTestCase

from deewhy.background import DONE, repeat

SOON_S = 10


class RepeatTests(SimpleTestCase):
    databases = ["default"]

    def test_goes_on_after_an_error_and_logs_it(self):
        calls, is_done = [], threading.Event()

        def work():
            calls.append(None)
            if len(calls) == 1:
                raise ValueError("once")
            is_done.set()
            return DONE

        with self.assertLogs("deewhy.background", "ERROR") as logs:
            repeat(work, name="counting", every_s=0.01)
            self.assertTrue(is_done.wait(SOON_S))

        self.assertIn("The counting failed; it is tried again.", logs.output[0])

    def test_an_expected_error_is_no_news(self):
        calls, is_done = [], threading.Event()

        def work():
            calls.append(None)
            if len(calls) == 1:
                raise TimeoutError
            is_done.set()
            return DONE

        with self.assertNoLogs("deewhy.background", "WARNING"):
            repeat(work, name="counting", every_s=0.01, expected=(TimeoutError,))
            self.assertTrue(is_done.wait(SOON_S))

    def test_ends_once_the_work_is_done(self):
        called = threading.Semaphore(0)

        def work():
            called.release()
            return DONE

        repeat(work, name="once and no more", every_s=0.01)
        self.assertTrue(called.acquire(timeout=SOON_S))

        [thread] = [
            each for each in threading.enumerate() if each.name == "once and no more"
        ] or [None]
        if thread:
            thread.join(SOON_S)
        self.assertFalse(called.acquire(blocking=False))
