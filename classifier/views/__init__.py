"""The visitor's pages: parse the request, call one function, render."""

from .about import about
from .answer import delete, receipt, suggest, upload_detail
from .guesses import guess
from .pictures import card, derived_picture, heat_map, picture
from .upload import upload

__all__ = [
    "about",
    "card",
    "delete",
    "derived_picture",
    "guess",
    "heat_map",
    "picture",
    "receipt",
    "suggest",
    "upload",
    "upload_detail",
]
