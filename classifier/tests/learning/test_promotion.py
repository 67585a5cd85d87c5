import json
import tempfile
from pathlib import Path
from unittest import mock

from django.test import SimpleTestCase, override_settings

from classifier import durable_files
from classifier.learning import promotion
from classifier.networks import checkpoints, promotions

from ..fixtures.networks import make_checkpoint

IMAGE = {"splits": {"test": 10000}}
PHOTOGRAPH = {"kinds_of_none": [""]}


def right(accuracy):
    """Return the card of networks that are right so often on photographs."""
    return {
        "image": IMAGE | {"test": {"accuracy": 0.9}},
        "photograph": PHOTOGRAPH | {"cross_validation": {"accuracy": accuracy}},
    }


class PromotionTestCase(SimpleTestCase):
    def setUp(self):
        self.folder = Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.enterContext(override_settings(CHECKPOINTS_DIR=self.folder))
        make_checkpoint("better", **right(0.9))
        make_checkpoint("worse", **right(0.8))
        make_checkpoint("first", **right(0.85))

    def promote(self, version, reason=""):
        return promotion.promote(version, by="ann", reason=reason)


class PromoteTests(PromotionTestCase):
    def test_a_better_one_is_served_and_the_log_names_the_user(self):
        self.promote("better", "It knows\nmore shoes.")

        self.assertEqual(checkpoints.served_version(), "better")
        [done] = promotions.log()
        self.assertEqual((done.version, done.previous), ("better", "first"))
        self.assertEqual((done.by, done.reason), ("ann", "It knows more shoes."))
        self.assertEqual(promotions.of_served(), done)

    def test_a_worse_one_needs_a_reason_which_is_kept(self):
        with self.assertRaisesMessage(promotion.WorseNetwork, "80.00 % right"):
            self.promote("worse", " ")
        self.assertEqual(checkpoints.served_version(), "first")

        self.promote("worse", "To try it.")

        self.assertEqual(promotions.log()[-1].reason, "To try it.")

    def test_one_that_loses_a_network_needs_a_reason(self):
        networks = {"photograph": {"variants": [0]}}
        card = {"networks": networks, "photograph": right(0.9)["photograph"]}
        make_checkpoint("photographs-only", **card)
        checkpoints.serve("first")

        with self.assertRaisesMessage(promotion.WorseNetwork, "no network for images"):
            self.promote("photographs-only")

    def test_a_share_that_only_moved_a_little_is_not_called_worse(self):
        make_checkpoint("as-good", **right(0.8499))
        checkpoints.serve("first")

        self.promote("as-good")

        self.assertEqual(checkpoints.served_version(), "as-good")

    def test_a_broken_one_is_refused_whatever_the_reason(self):
        for name, break_it in BREAKS.items():
            with self.subTest(name):
                break_it(make_checkpoint(name))
                checkpoints.serve("first")

                with self.assertRaises(promotion.Refused):
                    self.promote(name, "All the same.")

                self.assertEqual(checkpoints.served_version(), "first")

    def test_the_pointer_moves_after_the_log(self):
        torn = mock.patch.object(durable_files, "replace", side_effect=OSError)
        with torn, self.assertRaises(OSError):
            self.promote("better")

        self.assertEqual(checkpoints.served_version(), "first")
        self.assertEqual(promotions.log(), [])


def change_card(checkpoint, **changes):
    path = checkpoint.path / checkpoints.CARD
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))


def cut_short(checkpoint):
    path = checkpoint.path / checkpoints.HEAD
    path.write_bytes(path.read_bytes()[:100])


BREAKS = {
    "cut-short": cut_short,
    "gone": lambda each: (each.path / checkpoints.IMAGE_MODEL).unlink(),
    "no-json": lambda each: (each.path / checkpoints.CARD).write_text("["),
    "a-list": lambda each: (each.path / checkpoints.CARD).write_text("[]"),
    "too-many-classes": lambda each: change_card(each, class_names=list("abcdefg")),
    "no-calibration": lambda each: change_card(each, calibration={}),
    "no-variants": lambda each: change_card(each, networks={"photograph": {}}),
    "no-network": lambda each: change_card(each, networks={}),
}


class RollbackTests(PromotionTestCase):
    def test_goes_back_step_by_step(self):
        self.promote("better")
        self.promote("worse", "To try it.")

        back = [promotion.rollback(by="ann").version for _ in range(2)]

        self.assertEqual(back, ["better", "first"])
        with self.assertRaisesMessage(promotion.Refused, "No checkpoint was served"):
            promotion.rollback(by="ann")

    def test_knows_a_version_named_by_hand(self):
        self.promote("better")
        checkpoints.serve("worse")

        self.assertIsNone(promotions.of_served())
        self.assertEqual(promotion.rollback(by="ann").version, "better")

    def test_skips_an_entry_without_its_change(self):
        failing = mock.patch.object(checkpoints, "serve", side_effect=OSError)
        with failing, self.assertRaises(OSError):
            self.promote("worse", "To try it.")
        self.promote("better")

        self.assertEqual(promotions.previous(), ["first"])

    def test_passes_over_an_archived_one(self):
        self.promote("better")
        self.promote("worse", "To try it.")
        promotion.archive("better")

        self.assertEqual(promotion.rollback(by="ann").version, "first")


class ArchiveTests(PromotionTestCase):
    def test_moves_one_out_of_the_list(self):
        path = promotion.archive("worse")

        self.assertTrue((path / checkpoints.CARD).exists())
        self.assertEqual(checkpoints.versions(), ["better", "first"])

    def test_never_the_served_one_nor_one_that_is_not_there(self):
        for version in ("first", "missing", "../first", "", "archived"):
            with self.subTest(version), self.assertRaises(promotion.Refused):
                promotion.archive(version)
