"""Notices, messages and the calendar: the rules, without a database."""
