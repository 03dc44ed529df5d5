"""The trading firms: what each made, where, and whether it could be paid out."""
