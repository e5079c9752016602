"""All parsers of the phone's output in one place: pure functions, text in, records out.

What fits nothing known raises ParseError, which shows the line; nothing is guessed.
"""

from __future__ import annotations

from droidcancel.device.parse_activities import (
    parse_focus,
    parse_keyguard,
    parse_recents,
    parse_resumed,
    parse_stacks,
    started,
)
from droidcancel.device.parse_device import (
    parse_adb_version,
    parse_api_level,
    parse_current_user,
    parse_device_list,
    parse_displays,
    parse_properties,
    parse_record_limit,
    parse_users,
)
from droidcancel.device.parse_jobs import parse_jobs
from droidcancel.device.parse_media import (
    parse_density,
    parse_df,
    parse_progress,
    parse_rows,
    parse_scanned,
    parse_screen_size,
)
from droidcancel.device.parse_netpolicy import (
    parse_connected_ssid,
    parse_metered_ifaces,
    parse_restrict_background,
    parse_wifi_networks,
)
from droidcancel.device.parse_network import (
    NO_SHELL,
    WifiStatus,
    mobile_data_enabled,
    parse_airplane,
    parse_chain,
    parse_default_network,
    parse_package_networking,
    parse_settings_list,
    parse_switch,
    parse_transports,
    parse_wifi_dump,
    parse_wifi_on,
    parse_wifi_status,
)
from droidcancel.device.parse_packages import (
    Process,
    dumps_package,
    parse_foreground_services,
    parse_granted,
    parse_package_dump,
    parse_package_names,
    parse_package_uids,
    parse_ps,
    parse_resolved_activity,
    pids_of,
)
from droidcancel.device.parse_traffic import (
    MAP_HEADER,
    UidBytes,
    parse_qtaguid,
    parse_uid_map,
)
from droidcancel.device.parse_uplink import (
    Ping,
    parse_ping,
    parse_up_bandwidth,
    parse_wifi_info,
)
from droidcancel.device.reads import first_line

__all__ = [
    "MAP_HEADER",
    "NO_SHELL",
    "Ping",
    "Process",
    "UidBytes",
    "WifiStatus",
    "dumps_package",
    "first_line",
    "mobile_data_enabled",
    "parse_adb_version",
    "parse_airplane",
    "parse_api_level",
    "parse_chain",
    "parse_connected_ssid",
    "parse_current_user",
    "parse_default_network",
    "parse_density",
    "parse_device_list",
    "parse_df",
    "parse_displays",
    "parse_focus",
    "parse_foreground_services",
    "parse_granted",
    "parse_jobs",
    "parse_keyguard",
    "parse_metered_ifaces",
    "parse_package_dump",
    "parse_package_names",
    "parse_package_networking",
    "parse_package_uids",
    "parse_ping",
    "parse_progress",
    "parse_properties",
    "parse_ps",
    "parse_qtaguid",
    "parse_recents",
    "parse_record_limit",
    "parse_resolved_activity",
    "parse_restrict_background",
    "parse_resumed",
    "parse_rows",
    "parse_scanned",
    "parse_screen_size",
    "parse_settings_list",
    "parse_stacks",
    "parse_switch",
    "parse_transports",
    "parse_uid_map",
    "parse_up_bandwidth",
    "parse_users",
    "parse_wifi_dump",
    "parse_wifi_info",
    "parse_wifi_networks",
    "parse_wifi_on",
    "parse_wifi_status",
    "pids_of",
    "started",
]
