import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from crm import embedded

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crm.settings")

embedded.ensure_needed(settings.VAR_DIR)
application = get_wsgi_application()
