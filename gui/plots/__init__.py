"""Drawing: many points fast and honestly. Nothing here knows a view."""
