"""Android's own commands: importing this package registers them."""

from droidcancel.simulator.shell.android import (  # noqa: F401  # each registers its commands
    am_broadcast,
    am_process,
    am_start,
    am_tasks,
    pm_install,
    pm_list,
    pm_permissions,
    pm_query,
    pm_state,
)
