"""A steady load of uploads; each visitor records the answers."""

import hashlib
import io
import re
import threading

import requests
from PIL import Image, ImageDraw
from urllib3.exceptions import NewConnectionError

from .ledger import ACKNOWLEDGED, REFUSED, UNANSWERED, UNSENT

VISITORS = 3
EVERY_S = 0.6  # each of them
MOST = 150  # each of them
PATIENCE_S = 40

CLASS_NAME = re.compile(r'id="class-name" data-class-name="([^"]*)"')


class Visitors:
    """Send pictures, no two the same, from entering to leaving the context."""

    def __init__(self, url, ledger, known):
        self.url = url
        self.ledger = ledger
        self.known = known
        self.leave = threading.Event()
        self.threads = [threading.Thread(target=self._visit) for _ in range(VISITORS)]

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *error):
        self.leave.set()
        for thread in self.threads:
            thread.join()

    def _visit(self):
        session = requests.Session()
        left = MOST
        while left:
            picture = draw_picture()
            sha256 = hashlib.sha256(picture).hexdigest()
            self.known.add(sha256)
            try:
                outcome, class_name = upload(session, self.url, picture)
            except requests.RequestException as error:
                outcome = UNSENT if is_refused(error) else UNANSWERED
                class_name = None
                session = requests.Session()
            self.ledger.note(sha256, outcome, class_name)
            left -= outcome != UNSENT
            if self.leave.wait(EVERY_S):
                break


def upload(session, url, picture):
    """Send a picture by the form; return the outcome and the class on its page."""
    try:
        get_token(session, url)
    except requests.RequestException:
        return UNSENT, None
    answer = send(session, url, picture)
    if answer.status_code != 303:
        return REFUSED, None
    return ACKNOWLEDGED, class_on_page(session, url + answer.headers["Location"])


def get_token(session, url):
    """Fetch the form's CSRF token, once."""
    if "csrftoken" not in session.cookies:
        session.get(f"{url}/upload", timeout=PATIENCE_S)


def send(session, url, picture):
    """Send a picture by the form; return the response."""
    return session.post(
        f"{url}/upload",
        data={"csrfmiddlewaretoken": session.cookies.get("csrftoken")},
        files={"file": ("shirt.png", picture)},
        allow_redirects=False,
        timeout=PATIENCE_S,
    )


def class_on_page(session, address):
    """Return the class that the answer's page names, "" where it names none.

    None where the connection broke.
    """
    try:
        found = CLASS_NAME.search(session.get(address, timeout=PATIENCE_S).text)
    except requests.RequestException:
        return None
    return found[1] if found else ""


def is_refused(error):
    """Tell whether nobody listened, so that nothing was sent."""
    cause = getattr(error.args[0], "reason", None) if error.args else None
    return isinstance(cause, NewConnectionError)


def draw_picture():
    """Return the bytes of a garment on a ground of noise that never comes again."""
    picture = Image.effect_noise((96, 96), 20)
    ImageDraw.Draw(picture).rectangle((30, 12, 66, 84), fill=210)
    file = io.BytesIO()
    picture.save(file, "PNG")
    return file.getvalue()
