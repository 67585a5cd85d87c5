import shutil
import tempfile
from pathlib import Path

import polib
from django.conf import settings
from django.core.management import call_command
from django.test import SimpleTestCase, override_settings
from django.utils.translation import gettext, override

from classifier.labels import CLASS_NAMES
from classifier.management.commands import translations


class TranslationTests(SimpleTestCase):
    def test_every_string_is_translated_and_compiled(self):
        call_command("translations", check=True)

    def test_new_strings_are_added_and_unused_ones_dropped(self):
        with tempfile.TemporaryDirectory() as folder:
            name = Path("zh_Hans", "LC_MESSAGES", "django.po")
            path = Path(folder, "locale")
            shutil.copytree(settings.LOCALE_PATHS[0], path)
            entries = polib.pofile(path / name)
            new, entries[0].msgid = entries[0].msgid, "It was said before."
            entries.save()

            with override_settings(LOCALE_PATHS=[path]):
                call_command("translations", verbosity=0)

            entries = polib.pofile(path / name)
        self.assertEqual(entries.find(new).msgstr, "")
        self.assertIsNone(entries.find("It was said before."))

    def test_every_class_has_a_chinese_name(self):
        with override("zh-hans"):
            for name in CLASS_NAMES:
                self.assertNotEqual(gettext(name), name)


class ExtractionTests(SimpleTestCase):
    def test_reads_calls_in_python(self):
        source = '_("one" " word"); ngettext("%d a", "%d b", n); pgettext("c", "d")'

        self.assertEqual(
            set(translations.python_messages(source)),
            {("", "one word", ""), ("", "%d a", "%d b"), ("c", "d", "")},
        )

    def test_reads_tags_in_templates(self):
        source = """
            {% load i18n %}{% translate "one" %}{% translate variable %}
            {% if x %}{% blocktranslate with n=1 %}{{ n }} word{% endblocktranslate %}
            {% endif %}{% include "a.html" with title=_("two") %}
        """

        self.assertEqual(
            set(translations.template_messages(source)),
            {("", "one", ""), ("", "%(n)s word", ""), ("", "two", "")},
        )
