"""The forms of an import."""

from __future__ import annotations

from wtforms.validators import Optional

from counselor.web.forms import Count, RoomForm


class ApplyForm(RoomForm):
    """Apply an upload."""

    count = Count(
        "Packages of each new batch",
        [Optional()],
        default=0,
        description="The file counts none. 0 leaves them off the shelf until somebody counts.",
    )
