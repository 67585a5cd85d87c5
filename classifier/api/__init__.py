"""The JSON API for programs: the same uploads as the pages, typed and documented."""
