"""`manage.py cassandra start|stop|status`: the Cassandra beside the application."""

import sys

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from deewhy.private_files import keep_private

ACTIONS = ("start", "stop", "status")


class Command(BaseCommand):
    """Nodes started here stay until they are stopped here."""

    help = "Start, stop or show the Cassandra beside the application."
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("action", choices=ACTIONS)
        parser.add_argument(
            "--nodes",
            type=int,
            choices=(1, 2, 3),
            help="Number of nodes, from 127.0.0.1 upwards. "
            "Default: as many as there is data for, or one.",
        )

    def handle(self, *, action, nodes, **options):
        # Not installed where CASSANDRA_HOSTS names a cluster.
        from deewhy.cassandra_node import NodeError, local_cluster

        self.verbosity = options["verbosity"]
        try:
            self.cluster = local_cluster(size=nodes, say=self.say)
            getattr(self, action)()
        except NodeError as error:
            raise CommandError(error) from error

    def start(self):
        keep_private(settings)
        self.cluster.start()
        self.say(_("Cassandra answers on port %d.") % self.cluster.port)

    def stop(self):
        self.cluster.stop()
        self.say(_("Cassandra is stopped."))

    def status(self):
        processes = [(node, node.process()) for node in self.cluster.nodes]
        for node, process in processes:
            state = _("process %d") % process.pid if process else _("stopped")
            self.say(f"{node.address}:{node.port}  {state}  {node.folder}")
        if not all(process for _node, process in processes):
            sys.exit(1)

    def say(self, line):
        if self.verbosity > 0:
            self.stdout.write(line)
