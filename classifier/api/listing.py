"""The query parameters that narrow a list of uploads."""

from datetime import datetime
from typing import Annotated, Literal

from django.utils.translation import gettext_noop as _
from ninja import Field, Schema
from pydantic import AwareDatetime, BeforeValidator

from .. import history
from ..history.filters import BEGINNING, END

MAX_PAGE_SIZE = 200

# On its own, pydantic reads a bare number as seconds since 1970.
Moment = Annotated[AwareDatetime, BeforeValidator(datetime.fromisoformat)]


class Listing(Schema):
    """Each parameter narrows the list; `cursor` comes from another page of it."""

    class_name: str | None = Field(None, description=_("The network's answer."))
    sure: bool | None = Field(None, description=_("Whether the network was sure."))
    corrected: bool | None = Field(
        None, description=_("Whether a person named the right class.")
    )
    corrected_class_name: str | None = Field(
        None, description=_("The right class, named by a person.")
    )
    network_version: str | None = Field(
        None, description=_("The version of the network that answered.")
    )
    sha256: str | None = Field(None, description=_("The digest of the file, in hex."))
    file_name: str | None = Field(
        None, description=_("The file name; case does not matter.")
    )
    source: Literal["form", "api", "command"] | None = Field(
        None, description=_("The source of the upload.")
    )
    since: Moment | None = Field(None, description=_("Not before this time."))
    until: Moment | None = Field(None, description=_("Before this time."))
    cursor: str | None = Field(
        None, description=_("The cursor of a page, from the page before or after it.")
    )
    limit: int = Field(
        history.PAGE_SIZE,
        ge=1,
        le=MAX_PAGE_SIZE,
        description=_("The largest number of uploads on a page."),
    )

    def page(self):
        """Return the requested page."""
        filters = history.Filters(
            class_name=self.class_name,
            is_sure=self.sure,
            is_corrected=self.corrected,
            corrected_class_name=self.corrected_class_name,
            network_version=self.network_version,
            source=self.source,
            sha256=self.sha256,
            file_name=self.file_name,
            since=self.since and max(self.since, BEGINNING),
            until=self.until and min(self.until, END),
        )
        return history.page(filters, cursor=self.cursor, size=self.limit)
