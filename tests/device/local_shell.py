"""A real POSIX shell behind the framing that adbd speaks: what the channel's tests run against.

It stands in for the phone where only the shell itself matters. Every command of these tests is
written in the tests.
"""

from __future__ import annotations

import contextlib
import os
import selectors
import socket
import subprocess
import threading

from droidcancel.device.shell_line import Line
from droidcancel.device.shell_v2 import Decoder, PacketKind, encode


class LocalTransport:
    """One stream to one shell; `conn` is the client's end."""

    def __init__(self, v2: bool) -> None:
        self.conn, self._far = socket.socketpair()
        errors = subprocess.PIPE if v2 else subprocess.STDOUT
        self.process = subprocess.Popen(
            ["sh"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            start_new_session=True,
        )
        self._v2 = v2
        threading.Thread(target=self._feed, daemon=True).start()
        self._pump = threading.Thread(target=self._drain, daemon=True)
        self._pump.start()

    def close(self) -> None:
        self.conn.close()

    def end(self) -> None:
        """End the shell and what it started; wait until its stream is at its end."""
        self.conn.close()
        if self.process.poll() is None:
            with contextlib.suppress(ProcessLookupError):  # it may just be ending by itself
                os.killpg(self.process.pid, 9)
        self._pump.join(timeout=10)
        self._far.close()

    def _feed(self) -> None:
        decoder = Decoder()
        assert self.process.stdin is not None
        with self.process.stdin as pipe:
            while data := self._read():
                parts = [p.data for p in decoder.feed(data)] if self._v2 else [data]
                try:
                    pipe.write(b"".join(parts))
                    pipe.flush()
                except OSError:
                    return

    def _read(self) -> bytes:
        try:
            return self._far.recv(65536)
        except OSError:
            return b""

    def _drain(self) -> None:
        with selectors.DefaultSelector() as ready:
            for pipe, kind in (
                (self.process.stdout, PacketKind.STDOUT),
                (self.process.stderr, PacketKind.STDERR),
            ):
                if pipe is not None:
                    ready.register(pipe, selectors.EVENT_READ, kind)
            while ready.get_map():
                for key, _ in ready.select():
                    data = os.read(key.fd, 65536)
                    if data:
                        self._send(encode(key.data, data) if self._v2 else data)
                    else:
                        ready.unregister(key.fileobj)
        self.process.wait()
        self._end()

    def _end(self) -> None:
        if self._v2:
            self._send(encode(PacketKind.EXIT, bytes([self.process.returncode & 255])))
        for pipe in (self.process.stdout, self.process.stderr):
            if pipe is not None:
                pipe.close()
        try:
            self._far.shutdown(socket.SHUT_RDWR)  # close alone would wait for the other thread
        except OSError:
            pass

    def _send(self, data: bytes) -> None:
        try:
            self._far.sendall(data)
        except OSError:
            pass


class LocalShells:
    """Opens lines and ends every shell afterwards."""

    def __init__(self, v2: bool = True) -> None:
        self.v2 = v2
        self.transports: list[LocalTransport] = []

    def open(self) -> Line:
        transport = LocalTransport(self.v2)
        self.transports.append(transport)
        return Line(transport, self.v2)

    def close(self) -> None:
        for transport in self.transports:
            transport.end()
