from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="DemoPart",
            fields=[
                ("path", models.CharField(max_length=200, primary_key=True, serialize=False)),
                ("loaded_at", models.DateTimeField(auto_now_add=True)),
            ],
        ),
    ]
