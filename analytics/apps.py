import os

from django.apps import AppConfig

# One thread for linear algebra, said before anything loads NumPy: our matrices are small, the machine's cores belong
# to the workers, and on a busy machine the library's threads spend their time waiting for each other.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


class AnalyticsConfig(AppConfig):
    name = "analytics"
    label = "analytics"
