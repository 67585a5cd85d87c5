"""Limits per caller and for all: rates, daily quotas, concurrency, memory, sign-ins."""
