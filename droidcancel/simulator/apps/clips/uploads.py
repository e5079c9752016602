"""The app's upload service: carries posts to the cloud, one at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from droidcancel.simulator.apps.clips.api import HOST
from droidcancel.simulator.apps.clips.cancelled import Cancelled
from droidcancel.simulator.apps.clips.posting import Posting
from droidcancel.simulator.apps.clips.posts import CLOUD_VISIBILITY, Post, Shelf
from droidcancel.simulator.fs import FsError
from droidcancel.simulator.jobs import Job
from droidcancel.simulator.services_state import Notification
from droidcancel.simulator.upload import Upload, UploadPolicy

if TYPE_CHECKING:
    from droidcancel.simulator.apps.clips.app import Clips

JOB_ID = 1
NOTIFICATION_ID = 42
BACKOFF_MAX_S = 4.0


class UploadService:
    """What uploads now (`current`), what waits in the files, and what was cancelled."""

    def __init__(self, app: Clips) -> None:
        self._app = app
        self._behaviour = app.behaviour
        self.shelf = Shelf(
            app.phone.fs,
            app.installed.uid,
            f"{app.files_dir}/uploads",
            f"{app.cache_dir}/uploads",
        )
        self.cancelled = Cancelled(app)
        self.current: Posting | None = None
        self._forget: Callable[[], None] | None = None

    # -- life ------------------------------------------------------------------------------
    def start(self) -> None:
        """The process began: see what an earlier one has left behind."""
        self._forget = self._app.phone.connectivity.on_change(self._network_changed)
        for post in self.shelf.list():
            self._find(post)
        self.cancelled.settle()

    @property
    def _dead(self) -> bool:
        """The process has ended, and a late call-back has come: it is not to do anything."""
        if not self._app.process.alive and self._forget is not None:
            self._forget()
            self._forget = None
        return not self._app.process.alive

    def _find(self, post: Post) -> None:
        """An upload that the last process did not finish."""
        outcome = self._behaviour.after_kill
        if self._behaviour.keeps_upload and self.current is None and self.shelf.has_video(post.id):
            self.current = self._posting(post)
            return
        if outcome == "continue" and self.shelf.has_video(post.id) and not post.draft:
            self._app.editing.take_over(replace(post, upload=""), self.shelf)
        elif outcome != "lost" and self.shelf.has_video(post.id) and not post.draft:
            self._app.drafts.take_over(replace(post, upload=""), self.shelf)
        self._give_up(post)

    def _give_up(self, post: Post) -> None:
        """Nothing is left of an upload: not here, and soon not at the cloud."""
        self.shelf.remove(post.id)
        if post.upload:
            self.cancelled.add(post.upload)

    # -- starting --------------------------------------------------------------------------
    @property
    def busy(self) -> bool:
        return self.current is not None and self.current.phase != "failed"

    async def post(self, post: Post, source: Shelf) -> None:
        """Begin to upload a post that lies on another shelf. Raises FsError, phone full."""
        if self.current is not None:
            self.keep_as_draft()
        if source is self._app.drafts:
            copy = post.but(id=post.id + "p", draft=post.id)
            video = self._app.phone.fs.open_blob(source.video(post.id))
            post = await self.shelf.take_copy(copy, video)
        else:
            post = self.shelf.take_over(post, source)
        self.current = self._posting(post)
        self._run(self.current)

    async def post_secretly(self, post: Post, source: Shelf) -> None:
        """Upload a copy that no screen shows."""
        video = self._app.phone.fs.open_blob(source.video(post.id))
        copy = replace(post, id=post.id + "s")
        copy = await self.shelf.take_copy(copy, video)
        posting = self._posting(copy)
        posting.silent = True
        self._run(posting)

    def _posting(self, post: Post) -> Posting:
        session = self._app.session.current
        visibility = "everyone" if self._behaviour.posts_wrong_visibility else post.visibility
        upload = Upload(
            self._app.phone,
            self._app.installed.uid,
            self._app.phone.fs.open_blob(self.shelf.video(post.id)),
            {"caption": post.caption, "visibility": CLOUD_VISIBILITY[visibility]},
            session.token if session else "",
            HOST,
            self._policy(),
        )
        upload.url = post.upload or None
        posting = Posting(self._app, post, upload)
        upload.on_change(lambda: self._changed(posting))
        return posting

    def _policy(self) -> UploadPolicy:
        resumes = self._behaviour.resume_on_reconnect
        return UploadPolicy(
            retries=None if resumes else 0,
            backoff_max_s=BACKOFF_MAX_S,
            resume_on_reconnect=resumes,
            io_timeout_s=self._behaviour.stall_s,
        )

    def _run(self, posting: Posting) -> None:
        """Send, or wait for leave to send."""
        posting.halt()
        posting.attempts += 1
        posting.phase = "held" if self._must_hold() else "uploading"
        if posting.phase == "uploading":
            if self._behaviour.upload_in == "job":
                self._schedule(posting)
            else:
                posting.task = self._app.spawn(self._carry(posting))
        self._show(posting)

    # -- as a job ----------------------------------------------------------------------------
    def _schedule(self, posting: Posting) -> None:
        self._app.phone.jobs.schedule(
            Job(
                JOB_ID,
                self._app.package,
                self._app.job_service,
                persisted=self._behaviour.resume_after_boot,
                backoff_s=self._behaviour.job_backoff_s,
                upload_bytes=posting.upload.size,
            )
        )

    async def run_job(self) -> bool:
        """The scheduled job runs: True asks for another run."""
        posting = self.current
        if posting is None or posting.running:
            return False
        posting.phase = "uploading"
        task = posting.task = self._app.spawn(self._carry(posting))
        await asyncio.wait((task,))
        died = task.cancelled() and not self._app.process.alive
        return self.current is posting and (died or posting.phase in ("waiting", "failed"))

    # -- carrying ----------------------------------------------------------------------------
    async def _carry(self, posting: Posting) -> None:
        state = await posting.upload.run()
        if state == "done":
            await self._done(posting)
        elif state == "failed":
            if not self._behaviour.resume_on_reconnect:
                posting.phase = "waiting"
                self._show(posting)
                await asyncio.sleep(self._behaviour.wait_s)
            self._fail(posting)

    async def _done(self, posting: Posting) -> None:
        posting.stop_waiting()
        if self._behaviour.shows_failed_when_done and not posting.silent:
            posting.phase = "failed"
            self._show(posting)
            return
        posting.phase = "posted"
        self.shelf.remove(posting.post.id)
        if posting.post.draft:
            self._app.drafts.remove(posting.post.draft)
        if self.current is posting:
            self.current = None
            self._app.toast(self._app.text("video_posted"))
        self._show(posting)
        await self._app.library.refresh_own()

    def _fail(self, posting: Posting) -> None:
        if self._dead:
            return
        posting.halt()
        posting.phase = "failed"
        if self._behaviour.drafts_failures and posting is self.current:
            self.keep_as_draft()
            self._app.toast(self._app.text("upload_failed"))
            return
        self._show(posting)

    def _changed(self, posting: Posting) -> None:
        """The upload tells of a new state or percentage."""
        upload = posting.upload
        if upload.url and posting.post.upload != upload.url:
            posting.post = replace(posting.post, upload=upload.url)
            self._keep_note(posting)
        if posting.running or posting.waiter is not None:
            self._look(posting)
        self._show(posting)

    def _look(self, posting: Posting) -> None:
        """Follow the upload's state with the posting's phase."""
        upload, behaviour = posting.upload, self._behaviour
        if upload.state == "stalled" and behaviour.resume_on_reconnect:
            posting.phase = "waiting"
            posting.wait(behaviour.wait_s, lambda: self._fail(posting))
        elif upload.state in ("uploading", "committing") and upload.sent != posting.stopped_at:
            posting.stop_waiting()
            posting.phase = "uploading"
        if posting.crossed(behaviour.stuck_at):
            posting.halt()
        elif posting.crossed(behaviour.fail_at):
            self._fail(posting)

    def _keep_note(self, posting: Posting) -> None:
        """Note where the upload is at the cloud; a full phone forgets it with a kill."""
        try:
            if self.shelf.get(posting.post.id) is not None:
                self.shelf.save(posting.post)
        except FsError as error:
            self._app.warn(error)

    # -- the network and Data Saver ------------------------------------------------------------
    def _must_hold(self) -> bool:
        """Whether the app's Data Saver forbids the network that there is."""
        connectivity = self._app.phone.connectivity
        network = connectivity.active_network()
        saving = self._app.data_saver and not self._behaviour.data_saver_ignored
        return saving and network is not None and connectivity.metered(network)

    def _network_changed(self) -> None:
        if self._dead:
            return
        self.review()
        self.cancelled.settle()
        self._bring_wifi_back()

    def review(self) -> None:
        """The network or Data Saver changed: hold, go on, or leave it as it is."""
        posting = self.current
        if posting is None:
            return
        if posting.phase in ("uploading", "waiting") and self._must_hold():
            posting.halt()
            posting.phase = "held"
            self._show(posting)
        elif self._goes_on(posting):
            self._run(posting)

    def _goes_on(self, posting: Posting) -> bool:
        """Whether an upload that rests now begins again by itself."""
        if posting.phase == "held":
            return not self._must_hold()
        online = self._app.phone.connectivity.active_network() is not None
        return posting.phase == "failed" and online and self._behaviour.resume_failed_on_reconnect

    def _bring_wifi_back(self) -> None:
        delay, phone = self._behaviour.wifi_returns_after_s, self._app.phone
        if delay is None or not phone.connectivity.airplane or phone.connectivity.wifi.enabled:
            return

        async def switch_on() -> None:
            await phone.clock.sleep(delay)
            if phone.connectivity.airplane:
                phone.connectivity.set_wifi(True)

        self._app.spawn(switch_on())

    # -- what the user does ----------------------------------------------------------------
    def retry(self) -> None:
        """Go on with a failed upload."""
        posting = self.current
        if posting is None or posting.phase != "failed":
            return
        if self._behaviour.retry_posts_twice and posting.upload.url:
            self._app.spawn(posting.upload.run())
            tried = posting.attempts
            posting = self.current = self._posting(replace(posting.post, upload=""))
            posting.attempts = tried
        if not self.shelf.has_video(posting.post.id):
            self.cancel()
            self._app.toast(self._app.text("cannot_open"))
            return
        self._run(posting)

    def resume(self) -> None:
        """Go on with what an earlier process left, with nobody asking."""
        if self.current is not None and self.current.phase == "failed":
            self._run(self.current)

    def cancel(self) -> None:
        """Cancel for good: nothing goes on here, and the cloud is told or will be."""
        posting, self.current = self.current, None
        if posting is None:
            return
        self._end_services()
        if not self._behaviour.cancel_hides_only:
            posting.halt()
            self._app.phone.jobs.cancel(self._app.package, JOB_ID)
            self._give_up(posting.post)
        else:
            posting.silent = True
            self.shelf.remove(posting.post.id)
        self._app.refresh()
        self.cancelled.settle()

    def keep_as_draft(self) -> None:
        """Cancel, and keep the post as a draft."""
        posting = self.current
        if posting is None:
            return
        posting.halt()
        if not posting.post.draft and self.shelf.has_video(posting.post.id):
            self._app.drafts.take_over(replace(posting.post, upload=""), self.shelf)
        self.cancel()

    # -- showing ---------------------------------------------------------------------------
    def _show(self, posting: Posting) -> None:
        if posting is self.current and posting.phase in ("uploading", "waiting", "held"):
            if self._behaviour.upload_in == "foreground_service":
                self._app.start_foreground(self._notification(posting))
        elif not posting.silent:
            self._end_services()
        self._app.refresh()

    def _end_services(self) -> None:
        if NOTIFICATION_ID in self._app.process.foreground_services:
            self._app.stop_foreground(NOTIFICATION_ID)

    def _notification(self, posting: Posting) -> Notification:
        return Notification(
            self._app.package,
            NOTIFICATION_ID,
            self._app.text("notification_posting"),
            f"{posting.percent}%",
            channel="upload",
            progress=posting.percent,
            progress_max=100,
            ongoing=True,
            actions=((self._app.text("cancel"), self.cancel),),
        )
