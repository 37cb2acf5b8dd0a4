"""Pictures of views as files."""

from __future__ import annotations

MESSAGES: dict[str, str] = {
    "action_picture_timeline": "Picture of the &timeline…",
    "action_picture_timeline_tip": "Save the timeline as it looks now, with its marks, as PNG or SVG",
    "action_picture_overview": "Picture of the &network…",
    "action_picture_overview_tip": "Save the lanes, the map or the week as they look now, as PNG or SVG",
    "picture_title": "Save a picture",
    "picture_filter": "Picture (*.png);;Drawing (*.svg)",
    "picture_saved": "Saved {file}",
}
