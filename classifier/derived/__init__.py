"""What is made of kept pictures when it is first asked for: previews, thumbnails."""
