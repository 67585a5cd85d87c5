"""The project: settings, root URLs, server entry; nothing here knows about clothes."""
