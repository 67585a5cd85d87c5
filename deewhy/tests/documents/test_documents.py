"""Every command and example in the documents is run, and every link leads somewhere.

The API examples are run against a service in `classifier`'s test_service.py, and
commands without another test in test_commands.py.
"""

import io
import re

from django.conf import settings
from django.core.management import call_command, get_commands, load_command_class
from django.test import SimpleTestCase

ROOT = settings.BASE_DIR
DOCUMENTS = [
    *(ROOT / f"{name}.md" for name in ("README", "CONTRIBUTING", "SECURITY")),
    *ROOT.glob("docs/**/*.md"),
]
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```", re.DOTALL | re.MULTILINE)
INLINE = re.compile(r"`([^`]+)`")
LINK = re.compile(r"\]\((?!https?://)([^)#]+)")
# Inline code counts as a command only if it begins like one.
PROGRAMS = re.compile(
    r"(docker|git|make|manage\.py|pip|pre-commit|python) .|benchmarks/\w+\.py"
)
BEFORE_PROGRAM = re.compile(r"^(\.venv/bin/)?(python (?=manage\.py))?")
# Decisions record past commands.
TYPED_IN = [path for path in DOCUMENTS if path.parent.name != "decisions"]

CI = ".ci/run"
COMMANDS = "deewhy/tests/test_commands.py"
TESTS = "classifier/tests"
NETWORKS = f"{TESTS}/learning/test_networks_command.py"
# Each kind of command with its runner: a test with small arguments, or .ci/run.
RUN_BY = {
    r"make (run|test|lint|docs|screenshots)": CI,
    r"make train( ARGS=--resume)?": f"{TESTS}/training/test_train_command.py"
    "::test_goes_on_after_a_kill",
    r"make audit": f"{COMMANDS}::test_audit_reads_every_pinned_package",
    r"make lock": f"{COMMANDS}::test_lock_pins_the_requirements",
    r"make test-faults": f"{COMMANDS}::test_faults_and_containers_are_collected",
    r"docker compose up": "tests/containers/test_compose.py"
    "::test_upload_is_answered_and_survives_down_and_up",
    r"pre-commit install": f"{COMMANDS}::test_pre_commit_is_installed",
    r"manage\.py cassandra (start --nodes 3|stop)": CI,
    r"manage\.py predict photo\.jpg folder/ --json": f"{TESTS}/test_predict_command.py"
    "::test_json_has_an_object_a_line",
    r"manage\.py evaluate": f"{TESTS}/evaluation/test_evaluate_command.py"
    "::test_text_names_every_class_and_the_interval",
    r"manage\.py evaluate --dataset DIR": f"{TESTS}/evaluation/test_evaluate_command.py"
    "::test_every_picture_is_measured_and_those_of_no_class_apart",
    r"manage\.py train --recipe outliers .*": f"{TESTS}/training/test_train_command.py"
    "::test_is_served",
    r"manage\.py train --dataset DIR( --serve)?": f"{TESTS}"
    "/training/test_photographs.py"
    "::test_folders_become_the_classes_of_a_checkpoint_that_tells_them_apart",
    r"manage\.py train --only photographs --photographs DIR": f"{TESTS}"
    "/training/test_photographs.py"
    "::test_learns_again_from_the_served_checkpoints_embeddings",
    r"manage\.py networks list": f"{NETWORKS}"
    "::test_lists_each_with_figures_and_which_serves_since_when",
    r"manage\.py networks show VERSION": f"{NETWORKS}::test_shows_one",
    r"manage\.py networks compare VERSION( OTHER)?": f"{NETWORKS}"
    "::test_compares_with_the_served_one",
    r"manage\.py networks (promote VERSION --reason .*|rollback)": f"{NETWORKS}"
    "::test_promotes_and_rolls_back",
    r"manage\.py networks archive VERSION": f"{TESTS}/learning/test_promotion.py"
    "::test_moves_one_out_of_the_list",
    r"manage\.py train --from-history": f"{TESTS}/learning/test_from_history.py"
    "::test_a_checkpoint_gains_on_the_frozen_part_and_names_its_training_data",
    r"manage\.py train --from-history --promote": f"{TESTS}/learning"
    "/test_from_history.py::test_is_served_where_that_is_asked_for",
    r"manage\.py jobs": f"{TESTS}/jobs/test_jobs.py"
    "::test_learns_as_the_command_does_and_says_how_far_it_is",
    r"manage\.py rescore( --network VERSION --dry-run)?": f"{TESTS}/learning"
    "/test_rescore_command.py"
    "::test_a_dry_run_lists_the_changes_and_writes_nothing",
    r"manage\.py embed": f"{TESTS}/operations/test_embed_command.py"
    "::test_each_gets_the_embedding_of_a_new_upload",
    r"manage\.py translations": f"{TESTS}/pages/test_translations.py"
    "::test_new_strings_are_added_and_unused_ones_dropped",
    r"manage\.py doctor": f"{TESTS}/operations/test_doctor.py::test_all_is_well",
    r"manage\.py doctor --days 0": f"{TESTS}/operations/test_orphans.py"
    "::test_looks_back_as_far_as_is_asked",
    r"manage\.py serve": "deewhy/tests/server/test_serve.py"
    "::test_serves_until_ctrl_c_and_ends_with_success",
    r"manage\.py doctor --fix": f"{TESTS}/operations/test_doctor.py"
    "::test_repairs_the_traces_of_a_crash_and_reports_the_rest",
    r"manage\.py drain": f"{TESTS}/operations/test_doctor.py"
    "::test_reports_progress_and_the_written_records",
    r"manage\.py check --deploy": "deewhy/tests/test_policy.py"
    "::test_tls_follows_from_its_scheme_and_the_deployment_check_is_clean",
    r"manage\.py two_factor_reset NAME": f"{TESTS}/two_factor/test_reset_command.py"
    "::test_forgets_the_phone_and_the_recovery_codes",
    r"manage\.py axes_reset": "deewhy/tests/test_policy.py"
    "::test_staff_at_the_machine_end_a_lockout",
    r"(python )?benchmarks/classifying\.py": f"{COMMANDS}"
    "::test_measures_each_way_to_an_answer",
    r"python benchmarks/history\.py --rows .*": f"{COMMANDS}"
    "::test_measures_the_operations_of_a_curator",
    r"python benchmarks/page\.py": CI,
    r"python -m tests\.hostile\.table": f"{COMMANDS}"
    "::test_hostile_files_get_a_line_each",
    r"python -m tests\.faults\.report": f"{COMMANDS}"
    "::test_figures_of_faults_replace_those_before",
}
# Each block in these languages, in the README and the guide, is run whole.
BLOCKS_RUN_BY = {
    "bash": f"{TESTS}/api/test_service.py::test_runs_the_examples_in_a_shell",
    "python": f"{TESTS}/api/test_service.py::test_runs_the_examples_in_python",
    "javascript": f"{TESTS}/api/test_reference.py"
    "::test_runs_the_examples_in_javascript",
}


def blocks():
    """Yield the document, the language and the text of each block of code."""
    for document in TYPED_IN:
        for language, block in BLOCK.findall(document.read_text()):
            yield document, language, block


def commands():
    """Yield each command that a document tells to type, with the document's name."""
    for document, language, block in blocks():
        lines = block.splitlines() if language == "console" else []
        for line in lines:
            yield document.name, as_typed(line.partition(" #")[0])
    for document in TYPED_IN:
        for text in INLINE.findall(BLOCK.sub("", document.read_text())):
            if PROGRAMS.match(command := as_typed(text)):
                yield document.name, command


def as_typed(text):
    """Return a command on one line, without the way to the project's Python."""
    return BEFORE_PROGRAM.sub("", " ".join(text.split()))


def calls_of(program):
    """Return the arguments of each call of a program, with the document's name."""
    for document, command in commands():
        name, *arguments = command.split()
        if name == program:
            yield document, arguments


class RunTests(SimpleTestCase):
    def test_every_command_is_run_somewhere(self):
        found = set(commands())

        self.assertGreater(len(found), 25)
        for document, command in sorted(found):
            with self.subTest(document=document, command=command):
                runners = [
                    runner
                    for pattern, runner in RUN_BY.items()
                    if re.fullmatch(pattern, command)
                ]
                self.assertEqual(len(runners), 1)
                if runners == [CI]:
                    self.assertIn(command, (ROOT / CI).read_text())

    def test_every_block_of_code_is_run_somewhere(self):
        for document, language, _block in blocks():
            with self.subTest(document=document.name, language=language):
                self.assertIn(language, {*BLOCKS_RUN_BY, "console", "json", "text", ""})
                if language in BLOCKS_RUN_BY:
                    self.assertIn(document.name, ("README.md", "api.md"))

    def test_their_runners_exist(self):
        for runner in {*RUN_BY.values(), *BLOCKS_RUN_BY.values()}:
            path, _, test = runner.partition("::")
            with self.subTest(runner):
                self.assertTrue((ROOT / path).is_file())
                if test:
                    self.assertIn(f"def {test}(", (ROOT / path).read_text())

    def test_nothing_is_named_that_no_document_tells(self):
        told = {command for _document, command in commands()}

        for pattern in RUN_BY:
            with self.subTest(pattern):
                self.assertTrue(any(re.fullmatch(pattern, each) for each in told))


class DocumentTests(SimpleTestCase):
    def test_the_report_and_the_card_are_the_shipped_networks(self):
        shipped = (
            ROOT / "checkpoints" / (ROOT / "checkpoints/served").read_text().strip()
        )
        card = (ROOT / "docs/model-card.md").read_text()

        self.assertIn(f"checkpoints/{shipped.name}/card.json", card)
        page = io.StringIO()
        call_command("networks", "report", shipped.name, stdout=page)
        self.assertEqual((ROOT / "docs/evaluation.html").read_text(), page.getvalue())

    def test_every_target_of_make_exists(self):
        targets = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.M)

        for document, [target, *_] in calls_of("make"):
            with self.subTest(document=document, target=target):
                self.assertIn(target, targets)

    def test_every_command_takes_the_arguments(self):
        for document, [name, *arguments] in calls_of("manage.py"):
            with self.subTest(document=document, command=name):
                command = load_command_class(get_commands()[name], name)
                command.create_parser("manage.py", name).parse_args(arguments)

    def test_every_link_leads_to_a_file(self):
        for document in DOCUMENTS:
            for link in LINK.findall(document.read_text()):
                with self.subTest(document=document.name, link=link):
                    self.assertTrue((document.parent / link).exists())

    def test_the_readme_is_read_in_one_go(self):
        lines = (ROOT / "README.md").read_text().splitlines()

        self.assertLess(len(lines), 200)
