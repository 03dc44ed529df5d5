"""Pictures of reports. A picture is drawn from the figures of one report, and from nothing else."""
