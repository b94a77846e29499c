"""Notices, messages and the calendar: what browsers ask for."""
