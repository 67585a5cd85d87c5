import io
import json

from django.core.management import CommandError, call_command

from classifier.networks import checkpoints, promotions

from ..fixtures.networks import make_checkpoint
from .test_promotion import PromotionTestCase, right


class NetworksCommandTests(PromotionTestCase):
    def networks(self, *arguments):
        output = io.StringIO()
        call_command("networks", *arguments, stdout=output)
        return output.getvalue()

    def test_lists_each_with_figures_and_which_serves_since_when(self):
        self.promote("better")

        said = self.networks("list")

        self.assertIn("photographs, cross validation: 85.00%", said)
        self.assertRegex(said, r"better .*, served since \d{4}-\d\d-\d\d .* by ann\n")
        self.assertIn("images, test: 90.00% (89.40% to 90.57%)", said)

    def test_lists_a_broken_one_and_why(self):
        (self.folder / "worse" / checkpoints.CARD).write_text("{")

        self.assertIn("broken: ", self.networks("list"))

    def test_lists_them_for_programs(self):
        listed = json.loads(self.networks("list", "--json"))

        self.assertEqual([each["is_served"] for each in listed], [False, True, False])
        self.assertEqual(listed[1]["figures"][0]["accuracy"], 0.9)

    def test_shows_one(self):
        self.promote("better", reason="It is better.")

        said = self.networks("show", "better")

        self.assertIn("3 classes: Top half, Bottom half, Middle", said)
        self.assertIn("by ann: It is better.", said)
        card = json.loads(self.networks("show", "better", "--json"))
        self.assertEqual(len(card["class_names"]), 3)

    def test_compares_with_the_served_one(self):
        said = self.networks("compare", "worse")

        self.assertRegex(said, r"cross-validated +85\.00% +80\.00% +-5\.00")

    def test_compares_what_was_learnt_with_its_base_on_the_same_folds(self):
        card = right(0.84)
        before = {"version": "first", "accuracy": 0.83}
        card["photograph"] |= {
            "compared": before,
            "reviewed": {"accuracy": 0.7, "before": before | {"accuracy": 0.6}},
        }
        make_checkpoint("learnt", **card)
        checkpoints.serve("first")

        said = self.networks("compare", "learnt")

        self.assertRegex(said, r"cross-validated +83\.00% +84\.00% +\+1\.00")
        self.assertRegex(said, r"frozen part +60\.00% +70\.00% +\+10\.00")

    def test_promotes_and_rolls_back(self):
        self.networks("promote", "worse", "--reason", "To try it.")
        said = self.networks("rollback")

        self.assertIn("first is the one to serve again, not worse", said)
        self.assertEqual(promotions.log()[0].reason, "To try it.")

    def test_refusals_are_one_sentence(self):
        for arguments, message in (
            (["promote", "worse"], "give a reason"),
            (["promote", "missing"], "no checkpoint 'missing'"),
            (["rollback"], "No checkpoint was served before"),
            (["archive", "first"], "first is served"),
            (["show", "missing"], "no checkpoint missing"),
            (["compare", "missing"], "no checkpoint missing"),
        ):
            with (
                self.subTest(arguments),
                self.assertRaisesMessage(CommandError, message),
            ):
                self.networks(*arguments)
