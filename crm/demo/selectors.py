from django.conf import settings

from crm.demo.models import DemoPart

VALUES = "values"  # the last part: the computed value of every customer


def unloaded_parts() -> list[str]:
    loaded = set(DemoPart.objects.values_list("path", flat=True))
    return [path for path in [*settings.DEMO_LOADERS, VALUES] if path not in loaded]
