"""`manage.py translations`: update the Chinese messages without the gettext tools."""

import ast
import re

import polib
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.template import engines
from django.templatetags.i18n import BlockTranslateNode, TranslateNode

ROOTS = ("classifier", "deewhy", "templates")
PYTHON_CALLS = {
    "_": ("msgid",),
    "gettext": ("msgid",),
    "gettext_lazy": ("msgid",),
    "gettext_noop": ("msgid",),
    "ngettext": ("msgid", "plural"),
    "ngettext_lazy": ("msgid", "plural"),
    "pgettext": ("context", "msgid"),
    "pgettext_lazy": ("context", "msgid"),
}
TEMPLATE_CALL = re.compile(r"""\b_\((["'])(?P<msgid>.+?)\1\)""")


class Command(BaseCommand):
    help = (
        "Collect the messages of code and templates for the Chinese translation, and"
        " compile it. Translate the empty ones by hand, and run it again."
    )

    def add_arguments(self, parser):
        parser.add_argument(
            "--check",
            action="store_true",
            help="change nothing; fail if a message is missing, untranslated or fuzzy,"
            " or if the compiled file is out of date",
        )

    def handle(self, *, check, verbosity, **options):
        path = settings.LOCALE_PATHS[0] / "zh_Hans" / "LC_MESSAGES" / "django.po"
        translation = polib.pofile(path)
        if check:
            problems = differences(translation, path.with_suffix(".mo"))
            if problems:
                raise CommandError(
                    f"{path} is not up to date; run manage.py translations:\n"
                    + "\n".join(problems)
                )
            return
        update(translation)
        translation.save(path)
        translation.save_as_mofile(path.with_suffix(".mo"))
        if verbosity:
            self.stdout.write(
                f"{len(translation)} strings in {path},"
                f" {len(unfinished(translation))} to translate"
            )


def differences(translation, compiled):
    """Return a line for each way in which the translation is out of date."""
    wanted, kept = messages(), {key(entry) for entry in translation}
    lines = [f"not in the translation: {each}" for each in sorted(wanted - kept)]
    lines += [f"no longer used: {each}" for each in sorted(kept - wanted)]
    lines += [f"not translated: {key(entry)}" for entry in unfinished(translation)]
    if not compiled.exists() or compiled.read_bytes() != translation.to_binary():
        lines.append(f"not compiled: {compiled}")
    return lines


def update(translation):
    """Add new strings and remove unused ones."""
    wanted = messages()
    for entry in [entry for entry in translation if key(entry) not in wanted]:
        translation.remove(entry)
    for context, msgid, plural in sorted(
        wanted - {key(entry) for entry in translation}
    ):
        entry = polib.POEntry(msgid=msgid, msgctxt=context or None)
        if plural:
            entry.msgid_plural, entry.msgstr_plural = plural, {0: ""}
        if "%(" in msgid:
            entry.flags.append("python-format")
        translation.append(entry)


def unfinished(translation):
    return [entry for entry in translation if not entry.translated() or entry.fuzzy]


def key(entry):
    return (entry.msgctxt or "", entry.msgid, entry.msgid_plural or "")


def messages():
    """Return (context, msgid, plural) of every marked string of the project."""
    found = set()
    for root in ROOTS:
        folder = settings.BASE_DIR / root
        for path in folder.rglob("*.py"):
            if "tests" not in path.parts:
                found.update(python_messages(path.read_text()))
        for path in folder.rglob("*.html"):
            found.update(template_messages(path.read_text()))
    return found


def python_messages(source):
    """Yield the strings in calls of gettext and its variants."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "id", getattr(node.func, "attr", None))
        names = PYTHON_CALLS.get(name, ())
        texts = [getattr(argument, "value", None) for argument in node.args]
        if names and all(isinstance(text, str) for text in texts[: len(names)]):
            yield _message(**dict(zip(names, texts, strict=False)))


def template_messages(source):
    """Yield the strings in translate and blocktranslate tags and in `_()`."""
    for match in TEMPLATE_CALL.finditer(source):
        yield _message(match["msgid"])
    nodes = engines["django"].from_string(source).template.nodelist
    for node in nodes.get_nodes_by_type((TranslateNode, BlockTranslateNode)):
        context = node.message_context.resolve({}) if node.message_context else ""
        if isinstance(node, TranslateNode):
            literal = node.filter_expression.var.literal
            if literal is not None:
                yield _message(str(literal), context=context)
        else:
            plural = node.render_token_list(node.plural)[0] if node.plural else ""
            yield _message(node.render_token_list(node.singular)[0], plural, context)


def _message(msgid, plural="", context=""):
    return (context, msgid, plural)
