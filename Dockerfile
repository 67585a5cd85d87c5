FROM python:3.12-slim-bookworm AS build
RUN python -m venv /venv
ENV PATH=/venv/bin:$PATH PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
COPY requirements.txt .
# Headers and static libraries of TensorFlow serve only those who compile against it.
RUN pip install --require-hashes --no-compile -r requirements.txt \
    && rm -rf /venv/lib/python3.12/site-packages/tensorflow/include \
    && find /venv -name '__pycache__' -prune -exec rm -rf {} +


FROM python:3.12-slim-bookworm
RUN useradd --system --uid 10001 --home-dir /app deewhy \
    && mkdir -p /app/media /app/var \
    && chown deewhy /app/media /app/var
COPY --from=build /venv /venv
WORKDIR /app
ENV PATH=/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    HOST=0.0.0.0 \
    CASSANDRA_HOSTS=cassandra
COPY manage.py ./
COPY deewhy deewhy
COPY classifier classifier
COPY templates templates
COPY checkpoints checkpoints
RUN VAR_DIR=/tmp/build python manage.py collectstatic --no-input --verbosity 0 \
    && rm -rf /tmp/build
USER deewhy
VOLUME ["/app/media", "/app/var"]
EXPOSE 8987
STOPSIGNAL SIGTERM
HEALTHCHECK --start-period=180s --interval=10s --timeout=5s --retries=3 \
    CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8987/healthz', timeout=4)"]
CMD ["python", "manage.py", "serve"]
