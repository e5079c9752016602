"""Clear cache, on the storage page of the phone's Settings: a way out for uploads that are stuck.

It takes the app's temporary files, and neither its process nor its queue: an upload that is alive
goes on. So what follows decides; the method itself is read back by the size of the cache.
"""

from __future__ import annotations

from droidcancel.apps.storage_page import StoragePage
from droidcancel.cancel.method import CancelContext, Plan, PlannedMethod
from droidcancel.device import Capability


def _probe(context: CancelContext) -> Capability:
    return Capability(True, "Settings > App info > Storage > Clear cache")


def _plan(context: CancelContext) -> Plan:
    page = StoragePage(context.device, context.package)
    return Plan(lambda _: f"the cache was cleared: {page.clear_cache().in_words()}")


METHOD = PlannedMethod("clear-cache", _probe, _plan, late=True)
