"""An evaluation as one HTML page that needs no other file."""

import base64
import io

from django.template.loader import render_to_string
from PIL import Image

# Of a chart, in the units of its viewBox.
SIDE = 300
# The highest risk that a risk curve shows.
SHOWN_RISK = 0.2
# The deepest shade of the table of mistakes on which its figures are still read.
DARKEST = 0.8


def render(evaluation, title, card):
    """Render the page.

    Args:
        evaluation: an Evaluation that holds its images.
        title: which checkpoint on which pictures.
        card: the checkpoint's.

    Returns:
        HTML text, with plots as inline SVG and pictures as data URLs.
    """
    figures = evaluation.as_dict()
    low, high = figures["accuracy_interval"]
    return render_to_string(
        "classifier/evaluation_report.html",
        {
            "title": title,
            "card": card,
            "figures": figures,
            "interval": {"low": low, "high": high},
            "confusion": _confusion_rows(evaluation),
            "bars": [_bar(bin) for bin in figures["calibration"]],
            "risk_line": _risk_line(figures["risk"]),
            "shown_risk": SHOWN_RISK,
            "side": SIDE,
            "mistakes": [
                {**mistake, "url": data_url(evaluation.images[mistake["index"]])}
                for mistake in figures["mistakes"]
            ],
        },
    )


def data_url(image):
    """A uint8 image (h, w) as a PNG inside a URL."""
    file = io.BytesIO()
    Image.fromarray(image).save(file, "PNG", optimize=True)
    return f"data:image/png;base64,{base64.b64encode(file.getvalue()).decode()}"


def _confusion_rows(evaluation):
    """Each class's name and its cells, with how dark each is drawn."""
    rows = zip(evaluation.class_names, evaluation.confusion().tolist(), strict=True)
    return [
        {
            "class_name": name,
            "cells": [
                # Square roots, so that the rare mistakes are seen at all.
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
    """A bin of the calibration curve as a rectangle's place and size."""
    return {
        "x": round(bin["low"] * SIDE, 1),
        "y": round((1 - bin["accuracy"]) * SIDE, 1),
        "width": round((bin["high"] - bin["low"]) * SIDE - 1, 1),
        "height": round(bin["accuracy"] * SIDE, 1),
        "point_x": round(bin["confidence"] * SIDE, 1),
        **bin,
    }


def _risk_line(curve):
    """The risk curve as an SVG polyline's points."""
    return " ".join(
        f"{point['coverage'] * SIDE:.1f},"
        f"{(1 - min(point['risk'] / SHOWN_RISK, 1)) * SIDE:.1f}"
        for point in curve
    )
