"""The command line; its help begins with the product's own commands."""

from django.core.management import (
    ManagementUtility,
    get_commands,
    load_command_class,
)
from django.core.management.color import color_style

OWN = "classifier"  # the prefix of the apps with the product's commands


class CommandLine(ManagementUtility):
    """Django's command line, with a sentence about each product command on top."""

    def main_help_text(self, commands_only=False):
        text = super().main_help_text(commands_only)
        if commands_only:
            return text
        own = sorted(
            name for name, app in get_commands().items() if app.startswith(OWN)
        )
        width = max(map(len, own))
        lines = [f"    {name:{width}}  {_sentence(name)}" for name in own]
        heading = color_style().NOTICE("[deewhy]")
        return "\n".join([heading, *lines, text])


def _sentence(name):
    """Return the first sentence of a command's help."""
    help = load_command_class(get_commands()[name], name).help
    return help.partition(". ")[0].rstrip(".") + "."
