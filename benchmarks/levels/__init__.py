"""Simulations with a known truth: how often statistics, intervals and statements are right."""
