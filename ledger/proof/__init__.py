"""Proofs of the books: seal, signature, invariants, recomputation of fills, the audit."""
