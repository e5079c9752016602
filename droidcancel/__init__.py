"""Start an upload in an Android app, cancel it at a chosen moment, and prove what happened."""

__version__ = "0.1.0"
