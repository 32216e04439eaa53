"""Inference that is honest with few treated authorities: placebo adopters, never a default standard error."""
