"""TikTok's screens, drawn by code after what is known of them: any size, language, and what lies
under.

They are no copies of dumps: ids are made up, as those of another build. `flat` has no nesting and
no classes, as some tools print dumps.
"""

# ruff: noqa: E501  (a language a line)

from __future__ import annotations

from dataclasses import dataclass, field
from xml.sax.saxutils import quoteattr

from droidcancel.device.hierarchy import Hierarchy

MUSICALLY, TRILL = "com.zhiliaoapp.musically", "com.ss.android.ugc.trill"
SIZES = ((720, 1600), (1080, 2400), (1440, 3120), (1600, 2560), (480, 854))
KEYS = (
    "home", "friends", "create", "inbox", "profile", "post", "drafts", "next", "story", "discard",
    "save_draft", "edit", "more", "only_me", "everyone", "menu", "posting",
)  # fmt: skip
WORDS = {
    locale: dict(zip(KEYS, line.split("|"), strict=True))
    for locale, line in {
        "en-US": "Home|Friends|Create|Inbox|Profile|Post|Drafts|Next|Your Story|Discard|Save draft|Edit"
        "|More options|Only you|Everyone|Profile menu|Posting...",
        "fr-FR": "Accueil|Ami(e)s|Créer|Messages|Profil|Publier|Brouillons|Suivant|Ta Story|Supprimer"
        "|Enregistrer le brouillon|Modifier|Plus d’options|Toi uniquement|Tout le monde"
        "|Menu du profil|Publication…",
        "id-ID": "Beranda|Teman|Buat|Kotak masuk|Profil|Posting|Draf|Berikutnya|Story Anda|Buang"
        "|Simpan draf|Edit|Opsi lainnya|Hanya Anda|Semua orang|Menu profil|Mengunggah...",
        "in_ID": "Beranda|Teman|Buat|Kotak masuk|Profil|Posting|Draf|Berikutnya|Story Anda|Buang"
        "|Simpan draf|Edit|Opsi lainnya|Hanya Anda|Semua orang|Menu profil|Mengunggah...",
        "vi-VN": "Trang chủ|Bạn bè|Quay|Hộp thư|Hồ sơ|Đăng|Nháp|Tiếp|Tin của bạn|Bỏ|Lưu nháp|Chỉnh sửa"
        "|Tùy chọn khác|Chỉ mình tôi|Mọi người|Menu hồ sơ|Đang đăng...",
        "es-MX": "Inicio|Amigos|Crear|Bandeja de entrada|Perfil|Publicar|Borradores|Siguiente"
        "|Tu historia|Descartar|Guardar borrador|Editar|Más opciones|Solo tú|Todos|Menú del perfil"
        "|Publicando...",
        "pt-BR": "Início|Amigos|Criar|Caixa de entrada|Perfil|Publicar|Rascunhos|Avançar|Seu Story"
        "|Descartar|Salvar rascunho|Editar|Mais opções|Somente você|Todos|Menu do perfil|Publicando...",
        "de-DE": "Startseite|Freunde|Erstellen|Postfach|Profil|Posten|Entwürfe|Weiter|Deine Story"
        "|Verwerfen|Entwurf speichern|Bearbeiten|Weitere Optionen|Nur du|Jeder|Profilmenü"
        "|Wird gepostet...",
        "it-IT": "Home|Amici|Crea|Posta in arrivo|Profilo|Pubblica|Bozze|Avanti|La tua storia|Elimina"
        "|Salva bozza|Modifica|Altre opzioni|Solo tu|Tutti|Menu del profilo|Pubblicazione...",
        "ar-EG": "الرئيسية|الأصدقاء|إنشاء|صندوق الوارد|الملف الشخصي|نشر|المسودات|التالي|قصتك|تجاهل"
        "|حفظ المسودة|تعديل|خيارات أخرى|أنت فقط|الجميع|قائمة الملف الشخصي|جارٍ النشر...",
        "tr-TR": "Ana Sayfa|Arkadaşlar|Oluştur|Gelen Kutusu|Profil|Paylaş|Taslaklar|İleri|Hikâyen|Sil"
        "|Taslağı kaydet|Düzenle|Diğer seçenekler|Yalnızca sen|Herkes|Profil menüsü|Paylaşılıyor...",
        "ru-RU": "Главная|Друзья|Создать|Входящие|Профиль|Опубликовать|Черновики|Далее|Твоя история"
        "|Удалить|Сохранить черновик|Редактировать|Другие параметры|Только вы|Все|Меню профиля"
        "|Публикация...",
        "ja-JP": "ホーム|友達|作成|受信トレイ|プロフィール|投稿|下書き|次へ|ストーリーズ|破棄|下書きを保存"
        "|編集|その他のオプション|自分のみ|全員|プロフィールメニュー|投稿中...",
        "ko-KR": "홈|친구|만들기|받은 편지함|프로필|게시|임시 저장|다음|내 스토리|버리기|임시저장|편집"
        "|추가 옵션|나만|모든 사람|프로필 메뉴|게시 중...",
        "zh-CN": "首页|朋友|创建|收件箱|主页|发布|草稿|下一步|你的快拍|放弃|存草稿|编辑|更多选项|仅自己可见"
        "|所有人|主页菜单|发布中...",
        "zh_TW": "首頁|好友|建立|收件匣|個人資料|發佈|草稿|下一步|你的限時動態|捨棄|儲存草稿|編輯|更多選項"
        "|僅限自己|所有人|個人資料選單|發佈中...",
        "hi-IN": "होम|दोस्त|बनाएँ|इनबॉक्स|प्रोफ़ाइल|पोस्ट करें|ड्राफ़्ट|अगला|आपकी स्टोरी|छोड़ें"
        "|ड्राफ़्ट सेव करें|एडिट करें|अधिक विकल्प|सिर्फ़ आप|हर कोई|प्रोफ़ाइल मेनू"
        "|पोस्ट किया जा रहा है...",
    }.items()
}
RIGHT_TO_LEFT = frozenset({"ar-EG"})


@dataclass
class View:
    """One node: its box as fractions of the screen."""

    box: tuple[float, float, float, float]
    text: str = ""
    desc: str = ""
    id: str = ""
    cls: str = "FrameLayout"
    clickable: bool = False
    selected: bool = False
    scrollable: bool = False
    package: str = ""
    children: list[View] = field(default_factory=list)


def button(box: tuple[float, float, float, float], text: str, id: str = "") -> View:
    return View(box, text, id=id, cls="Button", clickable=True)


@dataclass(frozen=True)
class Maker:
    """Draws screens of one size in one language."""

    locale: str = "en-US"
    size: tuple[int, int] = (1080, 2400)
    package: str = MUSICALLY
    flat: bool = False

    @property
    def words(self) -> dict[str, str]:
        return WORDS[self.locale]

    def hierarchy(self, *windows: list[View]) -> Hierarchy:
        """Windows as one dump; each is the children of a full screen, or one view of its own."""
        roots = [self._window(views) for views in windows]
        rows = "".join(self._flat(r) if self.flat else self._nested(r) for r in roots)
        return Hierarchy.parse(f'<hierarchy rotation="0">{rows}</hierarchy>', 0.0)

    def _window(self, views: list[View]) -> View:
        own = (
            len(views) == 1 and views[0].box[2] - views[0].box[0] < 0.5 and bool(views[0].children)
        )
        return (
            views[0] if own else View((0, 0, 1, 1), children=[View((0, 0, 1, 1), children=views)])
        )

    def _attributes(self, view: View) -> str:
        left, top, right, bottom = view.box
        if self.locale in RIGHT_TO_LEFT:
            left, right = 1 - right, 1 - left
        width, height = self.size
        package = view.package or self.package
        given = {
            "text": view.text,
            "content-desc": view.desc,
            "resource-id": f"{package}:id/{view.id}" if view.id else "",
            "class": "" if self.flat else f"android.widget.{view.cls}",
            "package": package,
            "clickable": str(view.clickable).lower(),
            "selected": str(view.selected).lower(),
            "scrollable": str(view.scrollable).lower(),
            "enabled": "true",
            "bounds": f"[{round(left * width)},{round(top * height)}]"
            f"[{round(right * width)},{round(bottom * height)}]",
        }
        return " ".join(f"{name}={quoteattr(value)}" for name, value in given.items())

    def _nested(self, view: View) -> str:
        inside = "".join(self._nested(child) for child in view.children)
        return f"<node {self._attributes(view)}>{inside}</node>"

    def _flat(self, view: View) -> str:
        inside = "".join(self._flat(child) for child in view.children)
        return f"<node {self._attributes(view)}/>{inside}"

    # -- parts

    def tabs(self, chosen: str = "home", marks: str = "desc") -> list[View]:
        """The bottom tabs: descriptions on the tabs, words inside; Create has only the first."""
        found = []
        for place, key in enumerate(("home", "friends", "create", "inbox", "profile")):
            left, word = place / 5, self.words[key]
            label = f"{word}, 2" if key == "inbox" else word
            tab = View(
                (left, 0.92, left + 0.2, 0.975), cls="Button" if key == "create" else "FrameLayout"
            )
            tab.clickable, tab.selected, tab.id = True, key == chosen, f"t{place}q"
            tab.desc = label if marks == "desc" or key == "create" else ""
            if key != "create":
                inner = View((left, 0.955, left + 0.2, 0.968), word, cls="TextView")
                inner.selected = key == chosen
                tab.children.append(inner)
            found.append(tab)
        return found

    def status_bar(self) -> list[View]:
        battery = View((0.85, 0.01, 0.97, 0.03), "27 %", "27 %", cls="TextView")
        battery.package = "com.android.systemui"
        return [View((0, 0, 1, 0.04), package="com.android.systemui", children=[battery])]

    def feed(self, chosen: str = "home") -> list[View]:
        """A feed whose caption and shop have every word that could be mistaken."""
        w = self.words
        caption = f"{w['post']}: {w['next']} 27% {w['drafts']}"
        field_in_player = View((0.1, 0.3, 0.9, 0.35), cls="EditText", clickable=True)
        return [
            View((0, 0.05, 1, 0.9), id="player_view", children=[field_in_player]),
            View((0.2, 0.06, 0.4, 0.11), w["friends"], w["friends"], cls="TextView"),
            View((0.03, 0.8, 0.8, 0.84), caption, id="desc", cls="TextView", clickable=True),
            View((0.03, 0.76, 0.4, 0.79), w["profile"], cls="Button", clickable=True),
            View((0.03, 0.7, 0.2, 0.73), "50%", cls="TextView"),
            View((0.1, 0.66, 0.4, 0.69), w["home"], cls="TextView"),
            View(
                (0.86, 0.6, 0.98, 0.66),
                "27",
                "Share video. 27 shares",
                cls="Button",
                clickable=True,
            ),
            *self.tabs(chosen),
        ]

    def camera(self, *, readable: bool = True) -> list[View]:
        """The camera; its mode has the word of the Post button, in capitals where there are any."""
        post = self.words["post"].upper()
        root = View((0, 0, 1, 1), id="video_record_new_scene_root" if readable else "q9q")
        gallery = View((0.02, 0.88, 0.16, 0.95), id="upload_hot_area" if readable else "y0p")
        gallery.clickable = True
        root.children = [
            View((0.02, 0.08, 0.1, 0.13), desc="@2131888272", cls="ImageView", clickable=True),
            View((0.35, 0.08, 0.65, 0.13), "♫", id="tv_top_text", cls="TextView"),
            View((0.4, 0.75, 0.6, 0.84), desc="@2131888184", cls="Button", clickable=True),
            View((0.05, 0.69, 0.18, 0.72), "10m", cls="TextView"),
            View((0.18, 0.69, 0.3, 0.72), "60s", cls="TextView"),
            View((0.3, 0.69, 0.42, 0.72), "15s", cls="TextView"),
            View((0.42, 0.69, 0.58, 0.72), "PHOTO", cls="TextView", selected=True),
            gallery,
            View((0.4, 0.89, 0.58, 0.94), post, cls="TextView", clickable=True),
            View(
                (0.58, 0.89, 0.76, 0.94),
                self.words["create"].upper(),
                cls="TextView",
                clickable=True,
            ),
        ]
        return [root]

    def picker(self, *, count: int = 0) -> list[View]:
        label = self.words["next"] + (f" ({count})" if count else "")
        cell = View((0.01, 0.15, 0.33, 0.3), clickable=True)
        cell.children = [View((0.2, 0.27, 0.32, 0.295), "00:06", cls="TextView")]
        pages = View((0, 0.15, 1, 0.86), id="viewpager_choose_media", cls="ViewPager")
        pages.children = [View((0, 0.15, 1, 0.86), cls="GridView", children=[cell])]
        bar = View((0, 0.87, 1, 0.95), id="video_image_mixed_bottom_view_root", clickable=True)
        bar.children = [button((0.51, 0.885, 0.97, 0.93), label, "wz7")]
        return [pages, bar]

    def preview(self) -> list[View]:
        return [button((0.6, 0.9, 0.95, 0.94), self.words["next"], "pv1")]

    def editor(self) -> list[View]:
        story = View((0.03, 0.87, 0.49, 0.92), clickable=True)
        story.children = [
            View((0.2, 0.885, 0.41, 0.905), self.words["story"], id="tv_quick_publish")
        ]
        onward = View((0.51, 0.87, 0.97, 0.92), clickable=True)
        onward.children = [View((0.63, 0.885, 0.84, 0.905), self.words["next"], cls="TextView")]
        return [
            View((0, 0, 1, 0.95), id="tv_sticker_hint_container"),
            View((0.03, 0.09, 0.12, 0.13), desc="@2131823409", cls="ImageView", clickable=True),
            View((0.86, 0.22, 1, 0.27), desc=self.words["edit"], cls="Button", clickable=True),
            story,
            onward,
        ]

    def leave_menu(self) -> list[View]:
        rows = []
        for top, word in ((0.14, "discard"), (0.192, "save_draft")):
            row = View((0.01, top, 0.48, top + 0.052), cls="LinearLayout", clickable=True)
            row.children = [
                View((0.11, top + 0.015, 0.44, top + 0.037), self.words[word], cls="TextView")
            ]
            rows.append(row)
        return rows

    def resume_banner(self) -> list[View]:
        return [
            View((0.05, 0.05, 0.95, 0.09), "?", cls="TextView"),
            button((0.19, 0.1, 0.56, 0.135), self.words["save_draft"]),
            button((0.58, 0.1, 0.95, 0.135), self.words["edit"]),
        ]

    def post(self, *, keyboard: bool = False, as_text: bool = False) -> list[View]:
        """The post page; with the keyboard open a small Post at the top in place of the bar."""
        w = self.words
        views = [
            View((0.015, 0.057, 0.12, 0.105), desc="@2131888269", cls="Button", clickable=True),
            View((0.04, 0.24, 0.96, 0.265), "#one", cls="EditText", clickable=True, id="ti7"),
            View((0.04, 0.288, 0.96, 0.44), "two", cls="EditText", clickable=True, id="ca9"),
            View((0.04, 0.45, 0.13, 0.47), "0/4000", cls="TextView"),
            View((0, 0.64, 1, 0.693), desc="…", cls="Button", clickable=True, id="d0z"),
            View((0, 0.693, 1, 0.763), w["more"], cls="Button", clickable=True, id="d0z"),
        ]
        if keyboard:
            return [*views[:4], button((0.78, 0.063, 0.96, 0.098), w["post"], "zz1")]
        if as_text:
            bar = []
            for left, right, word in ((0.03, 0.49, "drafts"), (0.51, 0.97, "post")):
                row = View((left, 0.91, right, 0.96), cls="LinearLayout", clickable=True)
                inner = (left + 0.15, 0.925, right - 0.15, 0.945)
                row.children = [View(inner, w[word], cls="TextView")]
                bar.append(row)
            return [*views, *bar]
        return [
            *views,
            button((0.03, 0.91, 0.49, 0.96), w["drafts"], "fe1"),
            button((0.51, 0.91, 0.97, 0.96), w["post"], "qr1"),
        ]

    def badge(self, text: str, id: str = "q1q") -> list[View]:
        """The upload in its own window, top left."""
        number = View((0.06, 0.143, 0.127, 0.16), text, id=id, cls="TextView")
        return [
            View(
                (0.04, 0.118, 0.15, 0.184),
                children=[View((0.04, 0.118, 0.15, 0.184), children=[number])],
            )
        ]

    def bar(self, text: str) -> list[View]:
        """The upload above the tabs."""
        return [
            View((0.05, 0.87, 0.5, 0.9), self.words["posting"], cls="TextView", id="b1b"),
            View((0.8, 0.87, 0.95, 0.9), text, cls="TextView", id="b2b"),
        ]

    def drafts(self, count: int = 2, *, select: bool = False, ask: bool = False) -> list[View]:
        """The drafts folder as the Indonesian build was measured; with its question on top."""
        cells = []
        for place in range(count):
            left = place / 3
            cover = View((left, 0.12, left + 0.33, 0.32), id="cover", cls="ImageView")
            parts = [cover]
            if select:
                circle = View((left + 0.25, 0.13, left + 0.32, 0.16), desc="@2131827210")
                parts.append(circle)
            cells.append(View((left, 0.12, left + 0.33, 0.32), clickable=True, children=parts))
        grid = View((0, 0.12, 1, 0.9), cls="GridView", children=cells)
        if not select:
            header = View((0.3, 0.05, 0.7, 0.09), f"{count} draf", cls="TextView")
            return [header, button((0.86, 0.045, 0.98, 0.1), "Pilih"), grid]
        views = [
            button((0.02, 0.045, 0.26, 0.1), "Pilih semua"),
            button((0.78, 0.045, 0.98, 0.1), "Batalkan"),
            grid,
            button((0.04, 0.9, 0.96, 0.95), "Hapus", "cu1"),
        ]
        if not ask:
            return views
        dialog = View((0.13, 0.4, 0.87, 0.65), desc="Dialog")
        dialog.children = [
            View((0.2, 0.42, 0.8, 0.46), "Hapus 1 draf?", cls="TextView"),
            button((0.13, 0.6, 0.5, 0.65), "Pertahankan"),
            button((0.5, 0.6, 0.87, 0.65), "Hapus"),
        ]
        return [*views, dialog]

    def profile(self, first: str = "0", drafts: int = 0) -> list[View]:
        """The own profile: a grid of cells with their plays, the drafts first."""
        grid = View((0, 0.4, 1, 0.92), cls="GridView")
        texts = [f"{self.words['drafts']}: {drafts}"] if drafts else []
        for place, text in enumerate([*texts, first, "1,234", "87"]):
            left = place % 3 / 3
            top = 0.4 + place // 3 * 0.2
            inner = View((left + 0.02, top + 0.17, left + 0.2, top + 0.19), text, cls="TextView")
            cover = View((left, top, left + 0.33, top + 0.2), id="cover", cls="ImageView")
            grid.children.append(
                View((left, top, left + 0.33, top + 0.2), clickable=True, children=[cover, inner])
            )
        return [
            View((0.88, 0.05, 0.98, 0.1), desc=self.words["menu"], cls="Button", clickable=True),
            View((0.3, 0.25, 0.7, 0.28), "@some.body1", cls="Button", clickable=True),
            View((0.3, 0.3, 0.7, 0.33), self.words["edit"], cls="Button", clickable=True),
            grid,
            *self.tabs("profile"),
        ]
