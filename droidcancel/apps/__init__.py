"""What droidcancel knows of apps: their profiles, and reading a screen with one."""
