"""A client in JavaScript that speaks to the phone itself, with RSA AUTH.

Skipped but for machines that have it: `npm install --prefix DIR @yume-chan/adb@2
@yume-chan/stream-extra@2`, then NODE_PATH=DIR/node_modules.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from droidcancel.simulator import PhoneOptions, Simulator

NODE = shutil.which("node")
PACKAGE = Path(os.environ.get("NODE_PATH", "."), "@yume-chan/adb/package.json")
SCRIPT = Path(__file__).parent / "data" / "ya_adb.mjs"

pytestmark = [
    pytest.mark.skipif(NODE is None, reason="no node on this machine"),
    pytest.mark.skipif(not PACKAGE.is_file(), reason="NODE_PATH has no @yume-chan/adb"),
]


@pytest.mark.parametrize("api", [28, 34])
def test_the_client_is_let_in_by_its_key_and_works(api: int) -> None:
    with Simulator(PhoneOptions(api=api, secure=True, apps=()), emulator_port=False) as phone:
        assert NODE
        done = subprocess.run(
            [NODE, str(SCRIPT), str(phone.port)], capture_output=True, timeout=60, check=False
        )
        assert done.returncode == 0, done.stderr.decode()
        assert json.loads(done.stdout) == {
            "model": "Simulated Phone",
            "sdk": str(api),
            "shell": ["out\n", "err\n", 7],
            "same": True,
            "listed": True,
            "picture": [1080, 2400],
            "refused": True,
        }
        assert len(phone.adbd.keys.keys) == 1
