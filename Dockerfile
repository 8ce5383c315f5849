# eo-pv in one image: everything that `make test` and `make all` need, and no network once it is built.
#
#   docker build -t eo-pv .
#   docker run --rm eo-pv make test
#   docker run --rm --user "$(id -u):$(id -g)" -v "$PWD/data:/app/data" eo-pv make all
#
# Debian 13, pinned by the digest of its multi-platform index: it brings the Python (3.13), make, tini and graphviz
# (`make docs`) that we need, and its glibc is one that every wheel in the lock is built for.
FROM debian:trixie-slim@sha256:a29215f6a35e51e22adffa17f89e9d2ef06214e64a2bad10d765c46aea49f11f

# Pinned to what Debian 13 calls the same version: a full version would vanish with its next security update.
RUN apt-get update -qq \
 && DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends \
      ca-certificates=2025* \
      fonts-dejavu-core=2.37-* \
      graphviz=2.42.* \
      make=4.4.* \
      python3=3.13.* \
      python3-venv=3.13.* \
      tini=0.19.* \
 && rm -rf /var/lib/apt/lists/* /var/cache/apt/* /var/cache/debconf/*-old /var/log/apt /var/log/dpkg.log

# The packages, each by its hash, before any source: a change of code does not install them again.
# Behind a proxy with an authority of its own: docker build --secret id=ca,src=/etc/ssl/certs/ca-certificates.crt .
COPY requirements-build.lock requirements.lock /opt/
RUN --mount=type=secret,id=ca \
    set -eu; \
    export PIP_NO_CACHE_DIR=1 UV_NO_CACHE=1 UV_NO_CONFIG=1 UV_PYTHON_DOWNLOADS=never; \
    if [ -s /run/secrets/ca ]; then \
      export SSL_CERT_FILE=/run/secrets/ca PIP_CERT=/run/secrets/ca REQUESTS_CA_BUNDLE=/run/secrets/ca; \
    fi; \
    python3 -m venv /opt/build; \
    /opt/build/bin/pip install --quiet --disable-pip-version-check --require-hashes -r /opt/requirements-build.lock; \
    python3 -m venv --without-pip /opt/venv; \
    /opt/build/bin/uv pip install --quiet --python /opt/venv --require-hashes --compile-bytecode \
      --build-constraints /opt/requirements-build.lock -r /opt/requirements.lock; \
    mv /opt/build/bin/uv /opt/venv/bin/uv; \
    rm -rf /opt/build

ENV PATH=/opt/venv/bin:$PATH \
    VIRTUAL_ENV=/opt/venv \
    EO_PV_VENV=/opt/venv \
    EO_PV_CACHE=/app/data/.download-cache \
    HOME=/home/eo-pv USER=eo-pv LOGNAME=eo-pv \
    LANG=C.UTF-8 \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    PYTEST_ADDOPTS="-p no:cacheprovider" \
    DO_NOT_TRACK=1 \
    DBT_PROJECT_DIR=/app/dbt DBT_PROFILES_DIR=/app/dbt \
    DBT_SEND_ANONYMOUS_USAGE_STATS=false \
    DVC_NO_ANALYTICS=1 \
    DVC_SITE_CACHE_DIR=/tmp/dvc \
    HAMILTON_TELEMETRY_ENABLED=false

# There is no Git here, and DVC is told so for whatever work tree is mounted. Any user may write the work tree and
# the home folder, and has a name: `docker run --user` takes numbers that this image has never heard of.
RUN set -eu; \
    mkdir -p /etc/xdg/dvc; \
    printf '[core]\n    no_scm = true\n    analytics = false\n    check_update = false\n' >/etc/xdg/dvc/config; \
    useradd --uid 1000 --user-group --home-dir "$HOME" --no-log-init --shell /usr/sbin/nologin eo-pv; \
    install -d -o eo-pv -g eo-pv -m 0777 "$HOME" /app; \
    printf '#!/bin/sh\nexec python -m loaders "$@"\n' >/opt/venv/bin/eo-pv; \
    chmod 0755 /opt/venv/bin/eo-pv; \
    echo /app >"$(python -c 'import site; print(site.getsitepackages()[0])')/eo-pv.pth"

WORKDIR /app
COPY --chown=eo-pv:eo-pv . .
RUN chmod -R a+rwX .

LABEL org.opencontainers.image.title="eo-pv" \
      org.opencontainers.image.description="A list of DOIs in, one documented table of the world's solar installations out" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.base.name="debian:trixie-slim"

USER 1000:1000
ENTRYPOINT ["/usr/bin/tini", "-g", "--"]
CMD ["make", "help"]
