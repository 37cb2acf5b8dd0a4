"""The window: what a person adds to the open data, a cell reference table and a KPI dictionary."""

from __future__ import annotations

MESSAGES: dict[str, str] = {
    # The cell reference table
    "action_cells": "Cell reference &table\u2026",
    "action_cells_tip": "Give the open cells their names, sites and positions",
    "doing_cells": "Reading {name}",
    "cells_joined": "{known} of {cells} cells stand in the cell table.",
    "cells_joined_unmatched": "{known} of {cells} cells stand in the cell table; see Data quality.",
    # The KPI dictionary
    "action_kpi_table": "&KPI dictionary\u2026",
    "action_kpi_table_tip": "Say what the open KPIs count, mean and are made of",
    "kpis_known": "{known} of {kpis} KPIs stand in the KPI dictionary.",
    "kpi_table_foreign": "{file} knows none of the open KPIs, and none can be made of them. The KPIs are: {kpis}.",
}
