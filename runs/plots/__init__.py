"""Pictures of reports. A picture shows only figures of one report."""
