from django.db import migrations


class Migration(migrations.Migration):
    """The counts of the rate limits are kept by `classifier.limits` now."""

    dependencies = [("api", "0001_initial")]

    operations = [migrations.DeleteModel(name="Allowance")]
