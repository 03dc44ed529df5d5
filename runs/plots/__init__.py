"""Pictures of reports. A picture is drawn only from the rows of the report's tables."""
