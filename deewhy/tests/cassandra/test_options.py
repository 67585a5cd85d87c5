import ssl

import certifi
from cassandra import ConsistencyLevel
from cassandra.cluster import EXEC_PROFILE_DEFAULT
from cassandra.cqlengine.connection import unregister_connection
from cassandra.policies import DCAwareRoundRobinPolicy, TokenAwarePolicy
from django.core.exceptions import ImproperlyConfigured
from django.test import SimpleTestCase
from django_cassandra_engine.connection import CassandraConnection

from deewhy.cassandra.options import connection_options


def options(**values):
    return connection_options(
        **{
            "port": 9042,
            "datacenter": "dc2",
            "consistency": "EACH_QUORUM",
            "timeout_s": 3.0,
            **values,
        }
    )


class ConnectionOptionsTests(SimpleTestCase):
    def profile(self):
        return options()["execution_profiles"][EXEC_PROFILE_DEFAULT]

    def test_asks_a_replica_in_the_local_data_centre(self):
        policy = self.profile().load_balancing_policy

        self.assertIsInstance(policy, TokenAwarePolicy)
        self.assertIsInstance(policy._child_policy, DCAwareRoundRobinPolicy)
        self.assertEqual(policy._child_policy.local_dc, "dc2")

    def test_reads_and_writes_at_the_consistency_of_the_settings(self):
        profile = self.profile()

        self.assertEqual(profile.consistency_level, ConsistencyLevel.EACH_QUORUM)
        self.assertEqual(profile.request_timeout, 3.0)

    def test_refuses_a_consistency_that_does_not_exist(self):
        message = "CASSANDRA_CONSISTENCY to be one of ANY, ONE, "
        with self.assertRaisesMessage(ImproperlyConfigured, message):
            options(consistency="MOST")

    def test_connects_at_first_use_and_again_every_second(self):
        given = options()

        self.assertIs(given["lazy_connect"], True)
        self.assertEqual(
            list(
                zip(range(3), given["reconnection_policy"].new_schedule(), strict=False)
            ),
            [(0, 1.0), (1, 1.0), (2, 1.0)],
        )

    def test_encrypts_where_a_certificate_authority_is_given(self):
        self.assertNotIn("ssl_context", options())

        context = options(ca_file=certifi.where())["ssl_context"]

        self.assertEqual(context.verify_mode, ssl.CERT_REQUIRED)

    def test_signs_in_with_the_credentials_that_are_given(self):
        given = {"port": 9042, "lazy_connect": True}
        connection = CassandraConnection(
            "credentials",
            HOST="127.0.0.1",
            NAME="deewhy",
            USER="ann",
            PASSWORD="secret",
            OPTIONS={"connection": given},
        )
        self.addCleanup(unregister_connection, "credentials")

        provider = connection.cluster_options["auth_provider"]

        self.assertEqual((provider.username, provider.password), ("ann", "secret"))
