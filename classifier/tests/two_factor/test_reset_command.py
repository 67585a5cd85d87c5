import io

from django.core.management import CommandError, call_command
from django.test import TestCase

from classifier.two_factor import devices

from ..fixtures.two_factor import give_phone, make_person


class TwoFactorResetCommandTests(TestCase):
    def reset(self, name):
        output = io.StringIO()
        call_command("two_factor_reset", name, stdout=output)
        return output.getvalue().strip()

    def test_forgets_the_phone_and_the_recovery_codes(self):
        ann = make_person()
        give_phone(ann)

        said = self.reset("ann")

        self.assertEqual(said, "The two-step sign-in of ann is off.")
        self.assertIs(devices.is_on(ann), False)
        self.assertEqual(devices.recovery_codes_left(ann), 0)

    def test_leaves_that_of_others(self):
        give_phone(make_person())
        bob = make_person("bob")
        give_phone(bob)

        self.reset("ann")

        self.assertIs(devices.is_on(bob), True)

    def test_says_that_there_was_none(self):
        make_person()

        self.assertIn("was not on", self.reset("ann"))

    def test_names_a_user_that_it_does_not_know(self):
        with self.assertRaisesMessage(CommandError, "no user with the name “eve”"):
            self.reset("eve")
