"""What cells are like: sector, technology, band ... in the window, and what the cells of an incident have in common."""

from __future__ import annotations

TRAITS = {
    "sector": "Sector",
    "technology": "Technology",
    "band": "Band",
    "frequency": "Frequency",
    "region": "Region",
    "cluster": "Cluster",
    "vendor": "Vendor",
}

MESSAGES: dict[str, str] = {
    **{f"trait_{trait}": name for trait, name in TRAITS.items()},
    **{f"trait_{trait}_is": f"{name.lower()} {{value}}" for trait, name in TRAITS.items()},
    **{f"import_role_{trait}": f"{name} of the cell" for trait, name in TRAITS.items()},
    "trait_site": "Site",
    "trait_area": "Area",
    "trait_area_is": "LAC or TAC {value}",
    "trait_others": "{trait} ({share} of all other cells)",
    "trait_others_there": "{trait} ({share} of the other cells of these sites)",
    "trait_no_other": "{trait} (no other cell)",
    "trait_no_other_there": "{trait} (no other cell of these sites)",
    "cells_filter_tip": (
        "Part of the name, id or site of a cell, and words that the cell table says of it, such as LTE 800, a region or"
        " a vendor."
    ),
    "incidents_filter_tip": (
        "All words must be found: in the worst cell, KPIs, cause, review, comment or owner, or in what the cell table"
        " says of the cells, such as a site, LTE 800, a region or a vendor."
    ),
    "inspector_azimuth": "Azimuth",
    "inspector_azimuth_value": "{degrees}\u00b0",
    "inspector_area": "LAC, TAC",
    "inspector_common": "Cell",
    "inspector_common_several": "All cells",
}
