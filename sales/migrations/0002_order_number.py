from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("sales", "0001_initial")]
    operations = [migrations.RunSQL("CREATE SEQUENCE sales_order_number START 1001", "DROP SEQUENCE sales_order_number")]
