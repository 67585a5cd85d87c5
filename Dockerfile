# A digest pins it for good: --build-arg PYTHON_IMAGE=python@sha256:...
ARG PYTHON_IMAGE=python:3.12-slim-bookworm
FROM ${PYTHON_IMAGE} AS packages
COPY requirements-serve.txt .
RUN pip install --no-cache-dir --require-hashes --prefix /install -r requirements-serve.txt


FROM ${PYTHON_IMAGE} AS serve
RUN useradd --system --uid 10001 --home-dir /app deewhy \
    && mkdir -p /app/media /app/var \
    && chown deewhy /app/media /app/var
COPY --from=packages /install /usr/local
WORKDIR /app
ENV PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    BIND=0.0.0.0:8987 \
    CASSANDRA_HOSTS=cassandra
COPY manage.py ./
COPY deewhy deewhy
COPY classifier classifier
COPY templates templates
COPY --chown=deewhy checkpoints checkpoints
# The root file system is read-only at run time: compile now, not at each start.
RUN python -m compileall -q deewhy classifier \
    && PRODUCTION=true SECRET_KEY=build PUBLIC_URL=http://localhost VAR_DIR=/tmp/build \
       python manage.py collectstatic --no-input --verbosity 0 \
    && rm -rf /tmp/build
USER deewhy
VOLUME ["/app/checkpoints", "/app/media", "/app/var"]
EXPOSE 8987
STOPSIGNAL SIGTERM
HEALTHCHECK --start-period=180s --interval=10s --timeout=5s --retries=3 \
    CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8987/healthz', timeout=4)"]
CMD ["python", "manage.py", "serve"]


# With TensorFlow, which the network for images is trained with: --target train
FROM serve AS train
USER root
COPY requirements.txt .
RUN pip install --no-cache-dir --require-hashes -r requirements.txt
USER deewhy


FROM serve
