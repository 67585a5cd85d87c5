import socket
import tempfile
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError
from django.test import SimpleTestCase

from classifier.management.commands.serve import check_binding
from deewhy.binding import Binding, parse


class ParseTests(SimpleTestCase):
    def test_reads_each_form_and_says_where_it_is_reached(self):
        for text, bind, url in (
            ("127.0.0.1:8987", "127.0.0.1:8987", "http://localhost:8987"),
            ("0.0.0.0:80", "0.0.0.0:80", "http://localhost:80"),
            ("8987", "127.0.0.1:8987", "http://localhost:8987"),
            (":8987", "0.0.0.0:8987", "http://localhost:8987"),
            ("[::]:8987", "[::]:8987", "http://localhost:8987"),
            ("[::1]:8987", "[::1]:8987", "http://[::1]:8987"),
            ("web.lan:8987", "web.lan:8987", "http://web.lan:8987"),
            ("unix:/run/x.sock", "unix:/run/x.sock", "http://localhost"),
        ):
            with self.subTest(text):
                binding = parse(text)
                self.assertEqual((str(binding), binding.url), (bind, url))

    def test_names_the_forms_for_anything_else(self):
        for text in (
            *("", "localhost", "::1:8987", "[::1]", "a:b", "127.0.0.1:0", "1:99999"),
            *("unix:x", "unix:", "127.0.0.1:1,127.0.0.1:2", "http://x:1", "[x]:1"),
        ):
            with (
                self.subTest(text),
                self.assertRaisesMessage(ImproperlyConfigured, f"got {text!r}"),
            ):
                parse(text)


class CheckTests(SimpleTestCase):
    def setUp(self):
        self.folder = Path(self.enterContext(tempfile.TemporaryDirectory()))

    def assertCannot(self, binding, why):
        with self.assertRaisesMessage(CommandError, why):
            check_binding(binding)

    def test_names_a_port_of_ipv6_that_is_taken_and_another(self):
        with socket.create_server(("::1", 0), family=socket.AF_INET6) as server:
            port = server.getsockname()[1]

            self.assertCannot(Binding("::1", port), f"BIND=[::1]:{port + 1}.")

    def test_a_free_port_of_ipv6_is_well(self):
        with socket.create_server(("::1", 0), family=socket.AF_INET6) as server:
            port = server.getsockname()[1]

        check_binding(Binding("::1", port))

    def test_names_an_address_that_is_none_of_the_machines(self):
        self.assertCannot(Binding("192.0.2.1", 8987), "Cannot listen on 192.0.2.1:8987")

    def test_names_a_socket_that_another_program_listens_on(self):
        path = str(self.folder / "socket")
        with socket.socket(socket.AF_UNIX) as server:
            server.bind(path)
            server.listen()

            self.assertCannot(Binding(path=path), "another program listens there")
        check_binding(Binding(path=path))  # a leftover socket is replaced

    def test_names_a_folder_for_the_socket_that_is_not_there(self):
        path = str(self.folder / "none" / "socket")

        self.assertCannot(Binding(path=path), "its folder is not there")
