"""Site selection for hot dry rock: 20 indicators, weights, scores, contradictions, stage gates."""
