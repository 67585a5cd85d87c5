"""Own classes: sets of classes with their pictures, put together in the admin.

A picture is a file of its own below `MEDIA_ROOT`, or that of an upload, which goes when
the upload is deleted. `learning.work` learns a network from a set.
"""
