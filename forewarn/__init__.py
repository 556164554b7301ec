"""The application: every program in which ingest, geofence and alerts meet."""
