"""The window: what a person adds to the open data: a cell table, a KPI dictionary, which cells belong together."""

from __future__ import annotations

MESSAGES: dict[str, str] = {
    # The cell reference table
    "action_cells": "Cell reference &table\u2026",
    "action_cells_tip": "Give the open cells their names, sites and positions",
    "doing_cells": "Reading {name}",
    "cells_joined": "{known} of {cells:cell stands|cells stand} in the cell table.",
    "cells_joined_unmatched": "{known} of {cells:cell stands|cells stand} in the cell table; see Data quality.",
    # The KPI dictionary
    "action_kpi_table": "&KPI dictionary\u2026",
    "action_kpi_table_tip": "Say what the open KPIs count, mean and are made of",
    "kpis_known": "The KPI dictionary knows {known} of {kpis:KPI|KPIs}.",
    "kpi_table_foreign": "{file} knows none of the open KPIs, and none can be made of them. The KPIs are: {kpis}.",
    # Cells put together
    "menu_together": "Put cells to&gether",
    "action_together_site": "By &site",
    "action_together_site_tip": "Show sites in place of their cells: counts summed, gauges averaged, ratios of sums",
    "action_together_area": "By &area",
    "action_together_area_tip": "Show areas in place of their cells: counts summed, gauges averaged, ratios of sums",
    "together_by": "By {field}",
    "together_by_two": "By {first} and {second}",
    "doing_together": "Putting cells together",
    "cells_back": "Open the files again to have the cells back.",
    "append_totals": (
        "The later files hold running totals of {kpis}; the data that are open were too short to tell, and hold them as"
        " they are. Open all files together."
    ),
    "append_rolled_up": (
        "Cells of the open data were put together, and later files hold cells. Open the earlier and later files"
        " together, and put the cells together then."
    ),
}
