"""Comparisons of English local authorities before and after they adopt a social work practice model."""
