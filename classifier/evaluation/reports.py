"""Evaluations as one HTML page that needs no other file."""

import base64
import io

from django.template.loader import render_to_string
from django.utils.safestring import mark_safe
from PIL import Image

# Size of a chart, and height of a bar, in units of the viewBox.
SIDE, ROW_HEIGHT = 300, 20
# The highest risk that a risk curve shows.
SHOWN_RISK = 0.2
# The deepest shade of the confusion matrix on which figures stay legible.
DARKEST = 0.8
# The largest number of classes for which the confusion matrix is legible.
SHOWN_CLASSES = 40


def page(title, sections, command=None):
    """Render a page of sections.

    Args:
        title: of the page.
        sections: by kind, HTML from `section()`.
        command: the command that repeats the training.

    Returns:
        HTML text, with plots as inline SVG and pictures as data URLs.
    """
    marked = "\n".join(
        f"{_mark(kind)}{section}{_mark(kind, end=True)}"
        for kind, section in sections.items()
    )
    return render_to_string(
        "classifier/evaluation_report.html",
        # `section()` escaped each section already.
        {"title": title, "sections": mark_safe(marked), "command": command},  # noqa: S308
    )


def section(evaluation, title, notes=()):
    """Render an evaluation as a section of a page.

    Args:
        evaluation: an Evaluation that holds its images.
        title: names the network and the pictures.
        notes: sentences on the limits of the figures.

    Returns:
        HTML text.
    """
    figures = evaluation.as_dict()
    low, high = figures["accuracy_interval"]
    images = evaluation.images
    return render_to_string(
        "classifier/evaluation_section.html",
        {
            "title": title,
            "notes": notes,
            "figures": figures,
            "interval": {"low": low, "high": high},
            "sure_interval": figures["not_sure"]["accuracy_when_sure_interval"],
            "recalls": [_recall(row) for row in figures["classes"]],
            "row_height": ROW_HEIGHT,
            "recalls_height": ROW_HEIGHT * len(figures["classes"]),
            "confusion": _confusion_rows(evaluation),
            "bars": [_bar(bin) for bin in figures["calibration"]],
            "risk_line": _risk_line(figures["risk"]),
            "shown_risk": SHOWN_RISK,
            "side": SIDE,
            "mistakes": [
                {**mistake, "url": data_url(images[mistake["index"]])}
                for mistake in figures["mistakes"]
                if len(images)
            ],
        },
    )


def kept_section(report, kind):
    """Return the section of a kind from an earlier page, "" if it has none."""
    _, _, rest = report.partition(_mark(kind))
    return rest.partition(_mark(kind, end=True))[0]


def data_url(image):
    """Return a uint8 image, (h, w) or (h, w, 3), as a PNG inside a URL."""
    file = io.BytesIO()
    Image.fromarray(image).save(file, "PNG", optimize=True)
    return f"data:image/png;base64,{base64.b64encode(file.getvalue()).decode()}"


def _mark(kind, end=False):
    """Return the comment before a section of a kind, or after it."""
    return f"<!-- {'end of ' if end else ''}{kind} -->"


def _recall(row):
    """Return a class's recall as a bar, with its interval as a line."""
    low, high = row["recall_interval"]
    places = {"width": row["recall"], "low": low, "high": high}
    return {**row, **{name: round(value * SIDE, 1) for name, value in places.items()}}


def _confusion_rows(evaluation):
    """Return each class's name and its cells, with their shades."""
    if len(evaluation.class_names) > SHOWN_CLASSES:
        return []
    rows = zip(evaluation.class_names, evaluation.confusion().tolist(), strict=True)
    return [
        {
            "class_name": name,
            "cells": [
                # Square roots, so that rare mistakes are visible at all.
                {
                    "count": count,
                    "shade": round(DARKEST * (count / max(sum(row), 1)) ** 0.5, 3),
                }
                for count in row
            ],
        }
        for name, row in rows
    ]


def _bar(bin):
    """Return a bin of the calibration curve as the position and size of a rectangle."""
    return {
        "x": round(bin["low"] * SIDE, 1),
        "y": round((1 - bin["accuracy"]) * SIDE, 1),
        "width": round((bin["high"] - bin["low"]) * SIDE - 1, 1),
        "height": round(bin["accuracy"] * SIDE, 1),
        "point_x": round(bin["confidence"] * SIDE, 1),
        **bin,
    }


def _risk_line(curve):
    """Return the risk curve as the points of an SVG polyline."""
    return " ".join(
        f"{point['coverage'] * SIDE:.1f},"
        f"{(1 - min(point['risk'] / SHOWN_RISK, 1)) * SIDE:.1f}"
        for point in curve
    )
