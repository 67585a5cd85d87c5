"""Live guesses while a webcam looks; nothing of a frame is kept."""

import threading

from django.http import JsonResponse
from django.views.decorators.http import require_POST

from .. import answers, prediction
from ..exceptions import UnreadablePicture
from ..limits import guesses as guess_limit
from ..limits.concurrency import in_turn
from ..pictures import frames

_turn = threading.Lock()


@require_POST
def guess(request):
    """Answer one frame, one at a time in each process."""
    guess_limit.check(request)
    with in_turn(_turn, "Another frame is in work."):
        try:
            frame = frames.decoded(request.POST.get("frame", ""))
        except UnreadablePicture as error:
            return JsonResponse({"sentence": str(error)}, status=400)
        guessed = prediction.served().classify(frame)
    percent = answers.percent(guessed.probability)
    return JsonResponse(
        {
            "headline": answers.headline(guessed),
            "probability": percent if guessed.is_sure else "",
        }
    )
