import gc
import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from crm import embedded
from crm.encoding import Utf8Requests

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crm.settings")

embedded.ensure_needed(settings.VAR_DIR)
application = Utf8Requests(get_wsgi_application())

# what was loaded stays for good: the collector need not go through it, which would hold up a request for 0.1 s;
# what a page makes is gone after it
gc.collect()
gc.freeze()
gc.set_threshold(20_000, 20, 20)
