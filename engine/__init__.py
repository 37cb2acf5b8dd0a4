"""The engine: finds anomalies in CDR and KPI files and explains them. No Qt in here."""
