"""Toybox: the phone's unix commands."""
