"""What proves the books: seal, signature, invariants, recomputation of the fills, the audit."""
