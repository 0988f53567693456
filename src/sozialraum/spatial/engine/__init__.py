"""Conditional permutation, alignment and inference for every spatial statistic."""
