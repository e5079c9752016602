"""Uploads that were cancelled, until the cloud has been told."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from droidcancel.simulator.apps.clips.api import ApiError, OfflineError
from droidcancel.simulator.fs import FsError

if TYPE_CHECKING:
    from droidcancel.simulator.apps.clips.app import Clips

HTTP_UNAUTHORIZED = 401
HTTP_CONFLICT = 409


class Cancelled:
    """The upload targets to be terminated, kept in a file of the app."""

    def __init__(self, app: Clips) -> None:
        self._app = app
        self._path = f"{app.files_dir}/cancelled.json"
        self._busy = False
        self._again = False

    @property
    def targets(self) -> list[str]:
        fs = self._app.phone.fs
        if not fs.exists(self._path):
            return []
        try:
            found: list[str] = json.loads(fs.read(self._path))
        except ValueError:  # cut short on a full phone
            return []
        return found

    def _save(self, targets: list[str]) -> None:
        uid = self._app.installed.uid
        data = json.dumps(targets).encode()
        try:
            self._app.phone.fs.write(self._path, data, mode=0o600, uid=uid, gid=uid)
        except FsError as error:
            self._app.warn(error)

    def add(self, target: str) -> None:
        """Remember a target before anything else is done about it."""
        if target not in self.targets:
            self._save([*self.targets, target])

    def settle(self) -> None:
        """Tell the cloud what it does not know yet, as far as it can be reached."""
        if not self.targets or self._app.phone.connectivity.active_network() is None:
            return
        if self._busy:
            self._again = True
        else:
            self._busy = True
            self._app.spawn(self._settle())

    async def _settle(self) -> None:
        try:
            self._again = True
            while self._again:
                self._again = False
                for target in self.targets:
                    await self._terminate(target)
                    self._save([each for each in self.targets if each != target])
        except OfflineError:
            pass  # the next change of the network tries again
        finally:
            self._busy = False

    async def _terminate(self, target: str) -> None:
        """Have an upload thrown away; a video that it has become meanwhile, too."""
        api = self._app.api
        try:
            await api.terminate(target)
        except ApiError as error:
            if error.status == HTTP_UNAUTHORIZED:
                raise OfflineError("logged out") from error
            if error.status != HTTP_CONFLICT:
                return
            try:
                video = await api.commit(target)  # of a live video it only tells the id
                await api.delete_video(video.id)
            except ApiError:
                return
            await self._app.library.refresh_own()
