"""The phone as stock adb binaries see it."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from droidcancel.simulator import Simulator
from tests.conftest import MakePhone, run_adb, wait_listed, wait_until, wheel_adb

BINARIES = [wheel_adb()]
if system := shutil.which("adb"):
    BINARIES.append(system)


@pytest.fixture(params=BINARIES, ids=["wheel", "system"][: len(BINARIES)])
def adb(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def phone(adb_server: int) -> object:
    from droidcancel.simulator import PhoneOptions

    with Simulator(PhoneOptions(apps=()), emulator_port=False, adb_server=adb_server) as phone:
        wait_listed(phone.serial)
        yield phone
        phone.withdraw(adb_server)


def sh(phone: Simulator, *words: str, adb: str | None = None, **more: object) -> object:
    return run_adb("-s", phone.serial, *words, adb=adb, **more)


def test_listed_with_its_model(phone: Simulator) -> None:
    lines = run_adb("devices", "-l").stdout.decode().splitlines()
    line = next(line for line in lines if line.startswith(phone.serial))
    assert " device " in line
    assert "model:Simulated_Phone" in line


def test_state_and_features(phone: Simulator, adb: str) -> None:
    assert sh(phone, "get-state", adb=wheel_adb()).stdout == b"device\n"
    assert b"shell_v2" in sh(phone, "features", adb=wheel_adb()).stdout


def test_shell_keeps_streams_and_status_apart(phone: Simulator) -> None:
    done = sh(phone, "shell", "echo out; echo err >&2; exit 7")
    assert (done.stdout, done.stderr, done.returncode) == (b"out\n", b"err\n", 7)


def test_shell_reads_its_standard_input(phone: Simulator) -> None:
    done = sh(phone, "shell", "cat; echo end", input=b"one\ntwo\n")
    assert done.stdout == b"one\ntwo\nend\n"


def test_script_from_standard_input_runs_line_by_line(phone: Simulator) -> None:
    done = sh(phone, "shell", input=b"x=4\necho $((x + 1))\nexit 3\n")
    assert done.stdout == b"5\n"
    assert done.returncode == 3


def test_interactive_shell_answers_each_line_at_once(phone: Simulator) -> None:
    with subprocess.Popen(
        [wheel_adb(), "-s", phone.serial, "shell"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as shell:
        assert shell.stdin
        assert shell.stdout
        for number in range(3):
            shell.stdin.write(f"echo line-{number}\n".encode())
            shell.stdin.flush()
            assert shell.stdout.readline() == f"line-{number}\n".encode()
        shell.stdin.close()
        assert shell.wait(10) == 0


def test_terminal_shell_prompts_and_echoes(phone: Simulator) -> None:
    with subprocess.Popen(
        [wheel_adb(), "-s", phone.serial, "shell", "-tt"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as shell:
        assert shell.stdin
        assert shell.stdout
        shell.stdin.write(b"echo typed\nexit\n")
        shell.stdin.flush()
        shell.wait(10)
        said = shell.stdout.read()
    assert b"$ " in said
    assert said.count(b"typed") >= 2


def test_exec_out_is_binary_clean(phone: Simulator) -> None:
    done = sh(phone, "exec-out", "printf '\\000\\001\\377\\r\\n'")
    assert done.stdout == b"\x00\x01\xff\r\n"


@pytest.mark.parametrize("size", [0, 1, 65535, 65536, 65537, 3_000_001])
def test_push_and_pull_byte_for_byte(phone: Simulator, adb: str, tmp_path: Path, size: int) -> None:
    source, back = tmp_path / "a.bin", tmp_path / "b.bin"
    source.write_bytes(os.urandom(size))
    assert sh(phone, "push", str(source), "/sdcard/Download/a.bin", adb=adb).returncode == 0
    assert sh(phone, "pull", "/sdcard/Download/a.bin", str(back), adb=adb).returncode == 0
    assert back.read_bytes() == source.read_bytes()


@pytest.mark.slow
def test_200_megabytes_there_and_back(phone: Simulator, tmp_path: Path) -> None:
    source, back = tmp_path / "big.bin", tmp_path / "back.bin"
    block = os.urandom(1 << 20)
    with source.open("wb") as out:
        for number in range(200):
            out.write(number.to_bytes(4, "big") + block[4:])
    pushed = sh(phone, "push", str(source), "/sdcard/Download/big.bin", timeout=100)
    assert pushed.returncode == 0, pushed.stderr
    digest = sh(phone, "shell", "sha256sum /sdcard/Download/big.bin").stdout.split()[0].decode()
    pulled = sh(phone, "pull", "/sdcard/Download/big.bin", str(back), timeout=100)
    assert pulled.returncode == 0, pulled.stderr
    sh(phone, "shell", "rm /sdcard/Download/big.bin")
    import hashlib

    with source.open("rb") as one, back.open("rb") as two:
        expected = (
            hashlib.file_digest(one, "sha256").hexdigest()
            if hasattr(hashlib, "file_digest")
            else hashlib.sha256(source.read_bytes()).hexdigest()
        )
        one.seek(0)
        while block := one.read(1 << 20):
            assert two.read(1 << 20) == block
        assert two.read() == b""
    assert digest == expected


def test_directories_keep_their_files(phone: Simulator, adb: str, tmp_path: Path) -> None:
    tree = tmp_path / "tree"
    (tree / "sub dir").mkdir(parents=True)
    (tree / "one.txt").write_text("one")
    (tree / "sub dir" / "två.txt").write_text("two")
    target = f"/data/local/tmp/{Path(adb).parent.name}"
    assert sh(phone, "push", str(tree), target, adb=adb).returncode == 0
    back = tmp_path / "back"
    assert sh(phone, "pull", target, str(back), adb=adb).returncode == 0
    names = sorted(str(path.relative_to(back)) for path in back.rglob("*.txt"))
    assert len(names) == 2
    assert any(name.endswith("sub dir/två.txt") for name in names)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("push", "{file}", "/system/x"), b"Read-only file system"),
        (("push", "{file}", "/data/data/x"), b"Permission denied"),
        (("pull", "/sdcard/none", "{file}.out"), b"No such file or directory"),
        (("push", "{file}", "/data/system"), b"Permission denied"),
    ],
)
def test_what_the_shell_user_may_not_do(
    phone: Simulator, tmp_path: Path, words: tuple[str, ...], said: bytes
) -> None:
    file = tmp_path / "f"
    file.write_text("x")
    done = sh(phone, *(word.format(file=file) for word in words))
    assert done.returncode != 0
    assert said in done.stdout + done.stderr


def test_no_path_leaves_the_phone(phone: Simulator, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("host")
    out = tmp_path / "out"
    assert sh(phone, "pull", f"/sdcard/../../../../..{secret}", str(out)).returncode != 0
    assert not out.exists()
    assert b"host" not in sh(phone, "shell", f"cat {secret}").stdout


def test_forward_reaches_a_socket_of_the_phone(phone: Simulator) -> None:
    import socket

    async def echo(stream: object) -> None:
        while data := await stream.read():
            await stream.write(data.upper())

    listener = phone.call(lambda: phone.phone.ports.listen("tcp:7777", echo))
    port = int(sh(phone, "forward", "tcp:0", "tcp:7777").stdout)
    with socket.create_connection(("127.0.0.1", port), 5) as link:
        link.sendall(b"hello")
        assert link.recv(100) == b"HELLO"
    assert sh(phone, "forward", "--remove", f"tcp:{port}").returncode == 0
    phone.call(listener.close)


def test_reverse_leads_to_the_host(phone: Simulator) -> None:
    import socket
    import threading

    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        assert sh(phone, "reverse", "tcp:4321", f"tcp:{port}").returncode == 0
        assert f"tcp:4321 tcp:{port}".encode() in sh(phone, "reverse", "--list").stdout

        def answer() -> None:
            link, _ = server.accept()
            with link:
                link.sendall(link.recv(100)[::-1])

        thread = threading.Thread(target=answer)
        thread.start()

        async def talk() -> bytes:
            stream = await phone.phone.ports.connect("tcp:4321")
            await stream.write(b"abc")
            data = await stream.read()
            stream.close()
            return data

        assert phone.run(talk()) == b"cba"
        thread.join()
    assert sh(phone, "reverse", "--remove", "tcp:4321").returncode == 0
    assert sh(phone, "reverse", "--remove", "tcp:4321").returncode != 0


def test_reboot_comes_back_with_another_boot_id(make_phone: MakePhone) -> None:
    phone = make_phone()
    path = "cat /proc/sys/kernel/random/boot_id"
    before = sh(phone, "shell", path).stdout
    assert sh(phone, "reboot").returncode == 0

    def back() -> bool:
        run_adb("connect", phone.serial)
        now = sh(phone, "shell", path)
        return now.returncode == 0 and now.stdout not in (b"", before)

    wait_until(back, what="another boot id")


def test_secure_phone_wants_the_key_to_be_accepted(make_phone: MakePhone, adb_server: int) -> None:
    from droidcancel.simulator import PhoneOptions

    options = PhoneOptions(apps=(), secure=True)
    with Simulator(options, emulator_port=False) as phone:
        phone.adbd.keys.accept_new = False
        phone.announce(adb_server)
        wait_until(
            lambda: f"{phone.serial}\tunauthorized".encode() in run_adb("devices").stdout,
            what="unauthorized",
        )
        phone.adbd.keys.accept_new = True
        run_adb("disconnect", phone.serial)
        phone.announce(adb_server)
        wait_listed(phone.serial)
        assert phone.adbd.keys.keys
        phone.withdraw(adb_server)


def test_two_servers_may_use_one_phone(phone: Simulator, adb_server: int) -> None:
    from tests.conftest import _free_port

    environment = {**os.environ, "ANDROID_ADB_SERVER_PORT": str(_free_port())}
    try:
        assert b"connected" in run_adb("connect", phone.serial, env=environment).stdout
        done = run_adb("-s", phone.serial, "shell", "echo both", env=environment)
        assert done.stdout == b"both\n"
        assert sh(phone, "shell", "echo both").stdout == b"both\n"
    finally:
        run_adb("kill-server", env=environment)


def test_killing_the_client_ends_its_command(phone: Simulator) -> None:
    with subprocess.Popen(
        [wheel_adb(), "-s", phone.serial, "shell", "sleep 1000"], stdin=subprocess.DEVNULL
    ) as client:

        def sleeping() -> bool:
            rows = phone.call(lambda: list(phone.phone.processes))
            return any("sleep 1000" in row.args for row in rows)  # sleep is built into sh

        wait_until(sleeping, what="sleep to run")
        client.kill()
        client.wait()
        wait_until(lambda: not sleeping(), what="sleep to end")


def test_output_that_nobody_reads_does_not_fill_memory(phone: Simulator) -> None:
    with subprocess.Popen(
        [wheel_adb(), "-s", phone.serial, "exec-out", "yes"], stdout=subprocess.PIPE
    ) as client:
        assert client.stdout
        assert client.stdout.read(1 << 20).startswith(b"y\ny\n")
        client.kill()
    wait_until(
        lambda: not phone.call(lambda: phone.phone.processes.by_name("yes")), what="yes to end"
    )
