"""The cache lives in the database: it holds little (rate limits of sign-in) and must not fail with the broker."""

from django.db import migrations

CREATE = """
CREATE UNLOGGED TABLE crm_cache (cache_key varchar(255) PRIMARY KEY, value text NOT NULL, expires timestamptz NOT NULL);
CREATE INDEX crm_cache_expires ON crm_cache (expires);
"""


class Migration(migrations.Migration):
    initial = True
    dependencies: list[tuple[str, str]] = []
    operations = [migrations.RunSQL(CREATE, "DROP TABLE crm_cache")]
