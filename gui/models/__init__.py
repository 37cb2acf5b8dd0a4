"""Item models: how rows of a result are offered to Qt's tables and trees."""
