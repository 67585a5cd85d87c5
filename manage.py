#!/usr/bin/env python
"""Django's command line."""

import os
import sys


def main():
    # A file name may have characters that the terminal's encoding lacks.
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="backslashreplace")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "deewhy.settings")
    from django.core.exceptions import ImproperlyConfigured

    from deewhy.command_line import CommandLine

    try:
        CommandLine(sys.argv).execute()
    except ImproperlyConfigured as error:  # a setting; the message says which
        sys.exit(f"{error}")


if __name__ == "__main__":
    main()
