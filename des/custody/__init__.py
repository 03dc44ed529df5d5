"""Cash: who holds it, who brings it, who takes it away."""
