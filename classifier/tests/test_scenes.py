from django.test import SimpleTestCase

from classifier import scenes

from .drawings import DrawingTests


class SceneTests(DrawingTests, SimpleTestCase):
    module = scenes
