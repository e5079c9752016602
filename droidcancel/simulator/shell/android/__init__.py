"""Android's own commands. The shell imports every module here; each registers what it has."""
