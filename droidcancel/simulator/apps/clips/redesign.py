"""A redesign of Clips: what an update does to an app that tools have learnt to find things in.

A shrinker gives each id another name in every release, the words on a button change a little, and
now and then a button is gone. Layouts keep their names here, as some do in real apps.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from droidcancel.simulator.apps.clips.behaviour import Behaviour
    from droidcancel.simulator.views import View

ID_LETTERS = 4

#: other words for the texts of the app, by language and name
REWORDED: Mapping[str, Mapping[str, str]] = {
    "en": {
        "profile": "Your profile",
        "next": "Next step",
        "post": "Post video",
        "drafts": "My drafts",
        "only_me": "Only for me",
        "view_everyone": "Everyone can see this post",
        "view_friends": "Friends can see this post",
        "view_only_me": "Only you can see this post",
    },
    "fr": {
        "profile": "Mon profil",
        "next": "Étape suivante",
        "post": "Publier maintenant",
        "drafts": "Mes brouillons",
        "only_me": "Uniquement moi",
        "view_everyone": "Tout le monde peut voir cette vidéo",
        "view_friends": "Vos amis peuvent voir cette vidéo",
        "view_only_me": "Vous seul pouvez voir cette vidéo",
    },
    "id": {
        "profile": "Profil saya",
        "next": "Langkah berikutnya",
        "post": "Posting video",
        "drafts": "Draf saya",
        "only_me": "Hanya untuk saya",
        "view_everyone": "Semua orang bisa melihat video ini",
        "view_friends": "Teman bisa melihat video ini",
        "view_only_me": "Hanya Anda yang bisa melihat video ini",
    },
}


def redesigned(root: View, behaviour: Behaviour) -> View:
    """A screen's views as this build has them; changed in place."""
    if behaviour.without:
        _remove(root, behaviour.without)
    if behaviour.id_salt:
        for view in root.walk():
            if view.id and view.clickable:
                view.id = shrunk(view.id, behaviour.id_salt)
    return root


def shrunk(name: str, salt: str) -> str:
    """Another name for an id: a few letters that mean nothing, the same each time."""
    digest = hashlib.sha256(f"{salt}/{name}".encode()).digest()
    return "".join(chr(ord("a") + byte % 26) for byte in digest[:ID_LETTERS])


def _remove(view: View, names: tuple[str, ...]) -> None:
    view.children = [child for child in view.children if child.id not in names]
    for child in view.children:
        _remove(child, names)
