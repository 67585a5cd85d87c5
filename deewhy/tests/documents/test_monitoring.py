"""The dashboard and the alert rules, against the metrics and the runbook."""

import json
import re

import yaml
from django.conf import settings
from django.test import SimpleTestCase
from django.utils.text import slugify
from prometheus_client.metrics import MetricWrapperBase

from deewhy import metrics

DASHBOARD = settings.BASE_DIR / "deploy" / "grafana-dashboard.json"
ALERTS = settings.BASE_DIR / "deploy" / "alerts.yml"
GUIDE = settings.BASE_DIR / "docs" / "operators.md"


def known():
    """Return the names of the time series and their labels."""
    found = {}
    for collector in vars(metrics).values():
        if not isinstance(collector, MetricWrapperBase):
            continue
        [family] = collector.describe()
        endings = {"counter": ["_total"], "gauge": [""]}
        for ending in endings.get(family.type, ["_bucket", "_count", "_sum"]):
            found[family.name + ending] = {*collector._labelnames, "le"}
    return found


class MonitoringTests(SimpleTestCase):
    def setUp(self):
        groups = yaml.safe_load(ALERTS.read_text())["groups"]
        self.rules = [rule for group in groups for rule in group["rules"]]
        panels = json.loads(DASHBOARD.read_text())["panels"]
        shown = [target["expr"] for each in panels for target in each["targets"]]
        self.expressions = shown + [rule["expr"] for rule in self.rules]

    def test_queries_name_metrics_and_labels_that_exist(self):
        series = known()
        for expression in self.expressions:
            for name in re.findall(r"deewhy_\w+", expression):
                with self.subTest(expression):
                    self.assertIn(name, series)
            labels = re.findall(r'(\w+)="', expression)
            for by in re.findall(r"by \(([^)]+)\)", expression):
                labels += by.replace(" ", "").split(",")
            with self.subTest(expression):
                names = {*re.findall(r"deewhy_\w+", expression)} & series.keys()
                self.assertLessEqual({*labels}, {"job", *labels_of(series, names)})

    def test_every_metric_is_described_for_operators(self):
        guide = GUIDE.read_text()
        for name in known():
            base = re.sub("_(bucket|count|sum)$", "", name)
            with self.subTest(name):
                self.assertIn(f"`{base}`", guide)

    def test_every_alert_names_a_section_of_the_runbook(self):
        sections = re.findall(r"^#+ (.+)$", GUIDE.read_text(), re.MULTILINE)
        anchors = {f"docs/operators.md#{slugify(title)}" for title in sections}
        for rule in self.rules:
            with self.subTest(rule["alert"]):
                self.assertIn(rule["annotations"]["runbook"], anchors)


def labels_of(series, names):
    """Return the labels of some time series."""
    return set().union(*(series[name] for name in names))
