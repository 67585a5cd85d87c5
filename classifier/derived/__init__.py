"""Files derived from stored pictures at the first request: previews, thumbnails."""
