"""Names as browsers and programs send them, in heads of any encoding and length."""

from django.test import RequestFactory, SimpleTestCase

from classifier.pictures.file_names import one_line

CONTENT = b"\x89PNG a picture"


def received(disposition, content=CONTENT):
    """Return the files of a form with one part, by the rest of its disposition."""
    head = b"Content-Disposition: form-data; name=" + disposition
    body = b"--B\r\n" + head + b"\r\n\r\n" + content + b"\r\n--B--\r\n"
    request = RequestFactory().post(
        "/upload", body, content_type="multipart/form-data; boundary=B"
    )
    return request.FILES.getlist("file")


class EncodingTests(SimpleTestCase):
    def assertNamed(self, name, disposition):
        [file] = received(disposition)
        self.assertEqual((file.name, file.read()), (name, CONTENT))

    def test_decodes_a_name_by_a_guess(self):
        for encoding, names in {
            "utf-8": ("裤子.png", "ズボン.jpg", "größe.jpg"),
            "gbk": ("裤子.png", "微信图片_1128.jpg", "T恤.jpg", "褲子照片.jpg"),
            "shift_jis": (
                "ズボン.jpg",
                "表示.png",
                "ソ",
                "白いTシャツ(1).jpg",
                "ｼｬﾂ.png",
            ),
            "latin-1": ("café.png", "Größe.jpg", "été.png", "Señor Núñez.png"),
            "cp1252": ("l’été.png",),
        }.items():
            for name in names:
                with self.subTest(name, encoding=encoding):
                    raw = name.encode(encoding)

                    self.assertNamed(name, b'"file"; filename="' + raw + b'"')

    def test_keeps_a_picture_with_a_name_in_no_encoding(self):
        [file] = received(b'"file"; filename="\xff\xfe\x80\x81.png"')

        self.assertEqual(file.read(), CONTENT)

    def test_reads_the_encoding_that_the_name_has(self):
        for coded in (
            b"UTF-8''%e8%a3%a4%e5%ad%90.png",
            b"gbk'zh'%bf%e3%d7%d3.png",
            b"unknown''%bf%e3%d7%d3.png",
            b"utf-8''%bf%e3%d7%d3.png",
        ):
            with self.subTest(coded):
                self.assertNamed("裤子.png", b'"file"; filename*=' + coded)
                self.assertNamed(
                    "裤子.png", b'"file"; filename="x.png"; filename*=' + coded
                )

    def test_reads_other_fields_in_any_encoding(self):
        request = RequestFactory().post(
            "/upload",
            b'--B\r\nContent-Disposition: form-data; name="\xbf\xe3"\r\n\r\n'
            b"\xff\r\n--B--\r\n",
            content_type="multipart/form-data; boundary=B",
        )

        self.assertEqual(request.POST.dict(), {"裤": "\ufffd"})


class ShapeTests(SimpleTestCase):
    def test_keeps_the_picture_whatever_its_name_is(self):
        for name, expected in {
            b"C:\\photos\\a.png": "a.png",
            b"../../etc/a.png": "a.png",
            b"photos/": "photos",
            b"..": "picture",
            b"/": "picture",
            b"\x01\x02": "picture",
            b"": "picture",
            b"&#x2f;": "picture",
            b"&#35044;.png": "裤.png",
            b"a&amp;lt;b.png": "a&lt;b.png",
            b"a%22b.png": 'a"b.png',
            b'a\\"b.png': 'a"b.png',
            b"a\nb.png": "a b.png",
            b"a%0D%0Ab.png": "a  b.png",
            b"a;b=c.png": "a;b=c.png",
            "a\u202eb.png".encode(): "ab.png",
        }.items():
            with self.subTest(name):
                [file] = received(b'"file"; filename="' + name + b'"')

                self.assertEqual((file.name, file.read()), (expected, CONTENT))

    def test_shortens_a_long_name(self):
        for character in ("a", "裤"):
            name = character * 9_000 + ".png"
            [file] = received(b'"file"; filename="' + name.encode() + b'"')

            self.assertEqual(file.name, character * 251 + ".png")

    def test_a_field_without_a_chosen_file_brings_none(self):
        self.assertEqual(received(b'"file"; filename=""', b""), [])

    def test_gives_up_a_head_that_is_dear_to_parse(self):
        self.assertEqual(received(b'"file"; filename="a"' + b";" * 9_000), [])

    def test_reads_a_name_without_quotes(self):
        [file] = received(b"file; filename=a.png")

        self.assertEqual(file.name, "a.png")


class LineTests(SimpleTestCase):
    def test_a_path_is_one_line_of_text(self):
        self.assertEqual(
            one_line("a\nb\r\x1b[2J\udcff裤.png"), "a\\nb\\r\\x1b[2J\\udcff裤.png"
        )
