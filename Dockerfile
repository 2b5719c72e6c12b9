# The multi-user deployment: every broker that needs no gateway beside it. IB Gateway and Moomoo
# OpenD belong on the owner's own machine, so their SDKs are never in this image.

FROM python:3.13-slim AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 \
    PIP_NO_CACHE_DIR=1
WORKDIR /build
COPY requirements/build.txt requirements/cloud.txt requirements/
RUN python -m venv --without-pip /venv \
    && pip --python /venv/bin/python install --require-hashes -r requirements/cloud.txt \
    && pip install --require-hashes -r requirements/build.txt
COPY pyproject.toml README.md LICENSE ./
COPY src src
RUN pip wheel --no-deps --no-build-isolation --wheel-dir dist . \
    && pip --python /venv/bin/python install --no-deps --no-index dist/*.whl

FROM python:3.13-slim
# HOME is for libraries that insist on a cache; only /data and /tmp are ever written to, so the
# root file system may be read-only.
ENV PATH=/venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    HOME=/tmp \
    PORT=8080
# Nothing that installs packages stays.
RUN python -m pip uninstall --yes pip \
    && useradd --uid 10001 --user-group --no-create-home --home-dir /data --shell /usr/sbin/nologin floorbroker \
    && install -d -o floorbroker -g floorbroker -m 0700 /data
COPY --from=build /venv /venv
# A VOLUME line would be refused by Railway: mount /data where something is to be kept.
WORKDIR /data
# By number, so that a platform can see that it is not root.
USER 10001:10001
EXPOSE 8080
# Alive, not ready: a store that is away for a minute is no reason to kill the process.
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 \
    CMD ["python", "-c", "import os, urllib.request as r; r.build_opener(r.ProxyHandler({})).open('http://127.0.0.1:' + os.environ['PORT'] + '/healthz', timeout=4)"]
CMD ["floorbroker", "run"]
