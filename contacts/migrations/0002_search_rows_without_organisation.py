"""The subtitle of a person in the search index no longer names the organisation: not everybody may read it."""

from typing import Any

from django.db import migrations

CUT = """
UPDATE search_searchrow s
SET subtitle = CASE WHEN s.subtitle = left(o.name, 200) THEN '' ELSE substr(s.subtitle, length(o.name) + 4) END
FROM contacts_customer c JOIN contacts_customer o ON o.id = c.organisation_id
WHERE s.object_type = 'contacts.customer' AND s.object_id = c.id
  AND (s.subtitle = left(o.name, 200) OR starts_with(s.subtitle, o.name || ' · '))
"""
PUT_BACK = """
UPDATE search_searchrow s
SET subtitle = left(concat_ws(' · ', o.name, nullif(s.subtitle, '')), 200)
FROM contacts_customer c JOIN contacts_customer o ON o.id = c.organisation_id
WHERE s.object_type = 'contacts.customer' AND s.object_id = c.id
"""


class Migration(migrations.Migration):
    dependencies = [("contacts", "0001_initial"), ("search", "0001_initial")]

    operations: list[Any] = [migrations.RunSQL(CUT, PUT_BACK)]
