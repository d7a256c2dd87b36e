"""Reports: pure renderings of a `Report`; one file a format."""
