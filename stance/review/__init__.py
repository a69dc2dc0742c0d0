"""Reviewing: people correct what the machine said."""
