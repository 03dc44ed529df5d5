"""The trading firms: who they are, what they do with their capital, what they quote elsewhere."""
