"""Evaluations as sections of data, and as one HTML page that needs no other file."""

import base64
import io
from pathlib import Path

from django.template.loader import render_to_string
from django.utils import translation
from django.utils.safestring import mark_safe
from PIL import Image

from .metrics import TELLING

# The page's style sheet, which the admin links to and a page of one file contains.
STYLES = Path(__file__).parent.parent / "static/classifier/report.css"
# Size of a chart, and height of a bar, in units of the viewBox.
SIDE, ROW_HEIGHT = 300, 20
# The highest risk that a risk curve shows.
SHOWN_RISK = 0.2
# The shades of the confusion matrix, and the largest number of classes for which it is
# legible.
SHADES, SHOWN_CLASSES = 5, 40
# The number of classes that a remark names.
SHOWN_NAMES = 10


def section(evaluation, title):
    """Return an evaluation as a section: data for JSON, to be drawn in any language.

    Args:
        evaluation: an Evaluation that holds its images.
        title: names the network and the pictures; a message for translation.
    """
    figures, images = evaluation.as_dict(), evaluation.images
    mistakes = [
        {**mistake, "url": data_url(images[mistake["index"]])}
        for mistake in figures["mistakes"]
        if len(images)
    ]
    return {
        "kind": "evaluation",
        "title": title,
        "figures": {**figures, "mistakes": mistakes},
    }


def page(title, sections, command=None):
    """Render sections as a page in English.

    Args:
        title: of the page.
        sections: from `section()`, or of another kind.
        command: the command that repeats the training.

    Returns:
        HTML text, with plots as inline SVG and pictures as data URLs.
    """
    context = {
        "title": title,
        "sections": drawn(sections),
        "command": command,
        "styles": mark_safe(STYLES.read_text(encoding="utf-8")),  # noqa: S308, ours
    }
    with translation.override("en"):
        return render_to_string("classifier/evaluation_report.html", context)


def drawn(sections):
    """Return for each section its template, its data, and the shapes of its plots."""
    return [
        {
            "template": f"classifier/{each['kind']}_section.html",
            **each,
            **(_shapes(each["figures"]) if each["kind"] == "evaluation" else {}),
        }
        for each in sections
    ]


def data_url(image):
    """Return a uint8 image, (h, w) or (h, w, 3), as a PNG inside a URL."""
    file = io.BytesIO()
    Image.fromarray(image).save(file, "PNG", optimize=True)
    return f"data:image/png;base64,{base64.b64encode(file.getvalue()).decode()}"


def _shapes(figures):
    classes = figures["classes"]
    few = [row for row in classes if row["pictures"] < TELLING]
    return {
        "few": few[:SHOWN_NAMES],
        "more_few": max(len(few) - SHOWN_NAMES, 0),
        "telling": TELLING,
        "recalls": [_recall(row) for row in classes],
        "row_height": ROW_HEIGHT,
        "recalls_height": ROW_HEIGHT * len(classes),
        "confusion": _confusion_rows(figures),
        "bars": [_bar(bin) for bin in figures["calibration"]],
        "risk_line": _risk_line(figures["risk"]),
        "shown_risk": SHOWN_RISK,
        "side": SIDE,
    }


def _recall(row):
    """Return a class's recall as a bar, with its interval as a line."""
    low, high = row["recall_interval"]
    places = {"width": row["recall"], "low": low, "high": high}
    return {**row, **{name: round(value * SIDE, 1) for name, value in places.items()}}


def _confusion_rows(figures):
    """Return each class's name and its cells, with their shades."""
    names = [row["class_name"] for row in figures["classes"]]
    if len(names) > SHOWN_CLASSES:
        return []
    return [
        {
            "class_name": name,
            "cells": [
                {
                    "count": count,
                    "is_right": column == row,
                    # Square roots, so that rare mistakes are visible at all.
                    "shade": round(SHADES * (count / max(sum(counts), 1)) ** 0.5),
                }
                for column, count in enumerate(counts)
            ],
        }
        for row, (name, counts) in enumerate(
            zip(names, figures["confusion"], strict=True)
        )
    ]


def _bar(bin):
    """Return a bin of the calibration curve as the position and size of a rectangle."""
    return {
        "x": round(bin["low"] * SIDE, 1),
        "y": round((1 - bin["accuracy"]) * SIDE, 1),
        "width": round((bin["high"] - bin["low"]) * SIDE - 1, 1),
        "height": round(bin["accuracy"] * SIDE, 1),
        **bin,
    }


def _risk_line(curve):
    """Return the risk curve as the points of an SVG polyline."""
    return " ".join(
        f"{point['coverage'] * SIDE:.1f},"
        f"{(1 - min(point['risk'] / SHOWN_RISK, 1)) * SIDE:.1f}"
        for point in curve
    )
