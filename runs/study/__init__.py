"""A study: many lives over what is unknown, judged by the record, and what follows for the hole."""
