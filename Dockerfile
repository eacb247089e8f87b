# bayan in a container. deploy/verify-image builds and tries it without an engine; docs/operating.md says how to run it.
#
#   docker build -t bayan .
#   docker run --rm --read-only --tmpfs /tmp bayan demo

FROM python:3.11-slim-bookworm AS build
WORKDIR /src
# The environment has no pip of its own: the base image's fills it, from wheels whose hashes stand in the lock, and stays behind.
RUN ["python3", "-m", "venv", "--without-pip", "/opt/bayan"]
COPY requirements.lock ./
RUN ["python3", "-m", "pip", "--python", "/opt/bayan/bin/python", "install", "--no-cache-dir", "--no-input", \
     "--disable-pip-version-check", "--require-hashes", "--no-deps", "--only-binary=:all:", "-r", "requirements.lock"]
COPY pyproject.toml README.md LICENSE ./
COPY scraper scraper
COPY alerts alerts
RUN ["python3", "-m", "pip", "--python", "/opt/bayan/bin/python", "install", "--no-cache-dir", "--no-input", \
     "--disable-pip-version-check", "--no-deps", "--no-build-isolation", "."]

FROM python:3.11-slim-bookworm
# A number, so that Kubernetes can see for itself that it is not root. /data is made with it and is its own.
RUN ["useradd", "--uid", "10001", "--home-dir", "/data", "--create-home", "--skel", "/var/empty", \
     "--key", "HOME_MODE=0700", "--shell", "/usr/sbin/nologin", "bayan"]
COPY --from=build /opt/bayan /opt/bayan
ENV PATH=/opt/bayan/bin:/usr/local/bin:/usr/bin:/bin \
    HOME=/data \
    BAYAN_CONFIG=/etc/bayan/config.toml \
    BAYAN_DATA_DIR=/data \
    PYTHONDONTWRITEBYTECODE=1
USER 10001:10001
WORKDIR /data
VOLUME ["/data"]
STOPSIGNAL SIGTERM
# It reads the sign of life that the service leaves in its store every five seconds, so it needs no port. A service that stands
# still for 30 s is unhealthy, and so found out within two intervals.
HEALTHCHECK --interval=30s --timeout=15s --start-period=60s --retries=1 CMD ["/opt/bayan/bin/bayan", "health"]
ENTRYPOINT ["/opt/bayan/bin/bayan"]
CMD ["run"]
