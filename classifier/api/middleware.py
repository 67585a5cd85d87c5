"""Problem responses for errors that Django itself answers under /api/."""

from .limits import state_rate_limit
from .problems import KINDS, MEDIA_TYPE, Problem

PREFIX = "/api/"
OF_STATUS = {kind.status: name for name, kind in reversed(KINDS.items())}


class ProblemMiddleware:
    """Answer unknown addresses, wrong methods and the like with a problem.

    It is the outermost middleware, so it also sees refusals by the others.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        state_rate_limit(request, response)
        if not request.path_info.startswith(PREFIX) or response.status_code < 400:
            return response
        if response.get("Content-Type", "").startswith(MEDIA_TYPE):
            return response
        return self.as_problem(response)

    def as_problem(self, response):
        """Replace an error page with a problem; the page's cookies are for people."""
        fallback = "server-error" if response.status_code >= 500 else "bad-request"
        problem = Problem(OF_STATUS.get(response.status_code, fallback))
        response.content = problem.as_response().content
        response.cookies.clear()
        response["Content-Type"] = MEDIA_TYPE
        response["Content-Length"] = len(response.content)
        return response
