from django.test import SimpleTestCase

from classifier import outliers

from .drawings import DrawingTests


class OutlierTests(DrawingTests, SimpleTestCase):
    module = outliers
