"""Static files under names that change with their contents, scripts included."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class StaticFilesStorage(CompressedManifestStaticFilesStorage):
    """Also names the scripts that scripts import, so that no cache mixes versions."""

    support_js_module_import_aggregation = True
