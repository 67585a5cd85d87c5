"""The header that says which of a browser's devices pages may ask for."""

POLICY = "camera=(self), microphone=(), geolocation=(), display-capture=(), usb=()"


class PermissionsPolicyMiddleware:
    """Allow the webcam to our own pages, and nothing else to anyone."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        response.headers.setdefault("Permissions-Policy", POLICY)
        return response
