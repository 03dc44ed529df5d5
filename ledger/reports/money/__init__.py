"""Where did the money go? Reports on the hole by kind, on cash by party, and on claims."""
