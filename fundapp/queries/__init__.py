"""Every SELECT of the service, a room for each thing that is asked."""
