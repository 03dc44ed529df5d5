"""What proves the books: the seal, the invariants, recomputation of the fills, the audit."""
