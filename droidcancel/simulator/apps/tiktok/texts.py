"""The texts of the skin, by name, in five languages.

Seen in hierarchies of real phones or measured there: the tabs in English, French and Indonesian,
the post page, the picker, the camera's modes and the editor in English and Indonesian, the drafts
and the posting texts in Indonesian, pieces in Vietnamese. The other wordings are those of the help
pages, or guessed; Spanish is guessed as a whole.
"""

from __future__ import annotations

from collections.abc import Mapping

LANGUAGES = ("en", "fr", "id", "es", "vi")

_ROWS: Mapping[str, tuple[str, str, str, str, str]] = {
    # tabs
    "home": ("Home", "Accueil", "Beranda", "Inicio", "Trang chủ"),
    "friends": ("Friends", "Amis", "Teman", "Amigos", "Bạn bè"),
    "create": ("Create", "Créer", "Buat", "Crear", "Tạo"),
    "inbox": ("Inbox", "Messages", "Kotak Masuk", "Bandeja de entrada", "Hộp thư"),
    "profile": ("Profile", "Profil", "Profil", "Perfil", "Hồ sơ"),
    # the upload
    "posting": ("Posting...", "Publication...", "Mengunggah...", "Publicando...", "Đang đăng..."),
    "video_posted": (
        "Video posted!", "Vidéo publiée !", "Video diposting!", "¡Vídeo publicado!",
        "Đã đăng video!",
    ),
    "upload_failed": (
        "Couldn't upload video. Saved to drafts",
        "Impossible d'importer la vidéo. Enregistrée dans les brouillons",
        "Tidak dapat mengunggah video. Disimpan ke draf",
        "No se ha podido subir el vídeo. Guardado en borradores",
        "Không thể tải video lên. Đã lưu bản nháp",
    ),
    "notification_posting": (
        "Posting your video", "Publication de ta vidéo", "Mengunggah video Anda",
        "Publicando tu vídeo", "Đang đăng video của bạn",
    ),
    "saved_to_drafts": (
        "Saved to drafts", "Enregistré dans les brouillons", "Disimpan ke draf",
        "Guardado en borradores", "Đã lưu vào bản nháp",
    ),
    "one_at_a_time": (
        "Another video is being posted", "Une autre vidéo est en cours de publication",
        "Video lain sedang diposting", "Se está publicando otro vídeo", "Đang đăng một video khác",
    ),
    # feed
    "for_you": ("For You", "Pour toi", "Untuk Anda", "Para ti", "Dành cho bạn"),
    "following_tab": ("Following", "Abonnements", "Mengikuti", "Siguiendo", "Đã follow"),
    "explore": ("Explore", "Explorer", "Jelajahi", "Explorar", "Khám phá"),
    "shop": ("Shop", "Shop", "Shop", "Shop", "Shop"),
    "search": ("Search", "Rechercher", "Cari", "Buscar", "Tìm kiếm"),
    "like": ("Like", "J'aime", "Suka", "Me gusta", "Thích"),
    "comments": ("Comments", "Commentaires", "Komentar", "Comentarios", "Bình luận"),
    "share_video": (
        "Share video", "Partager la vidéo", "Bagikan video", "Compartir vídeo", "Chia sẻ video",
    ),
    "follow": ("Follow", "Suivre", "Ikuti", "Seguir", "Follow"),
    "no_messages": (
        "Messages and notifications will appear here",
        "Les messages et les notifications s'afficheront ici",
        "Pesan dan notifikasi akan muncul di sini", "Los mensajes aparecerán aquí",
        "Tin nhắn và thông báo sẽ xuất hiện ở đây",
    ),
    # camera and gallery
    "close": ("Close", "Fermer", "Tutup", "Cerrar", "Đóng"),
    "flip": ("Flip", "Retourner", "Balik", "Girar", "Lật"),
    "flash": ("Flash", "Flash", "Flash", "Flash", "Đèn flash"),
    "timer": ("Timer", "Minuteur", "Timer", "Temporizador", "Hẹn giờ"),
    "add_sound": (
        "Add sound", "Ajouter un son", "Tambah suara", "Añadir sonido", "Thêm âm thanh",
    ),
    "camera_denied": (
        "Allow access to your camera and microphone",
        "Autorise l'accès à l'appareil photo et au micro", "Izinkan akses ke kamera dan mikrofon",
        "Permite el acceso a la cámara y al micrófono", "Cho phép truy cập máy ảnh và micrô",
    ),
    "open_settings": (
        "Open settings", "Ouvrir les paramètres", "Buka pengaturan", "Abrir ajustes", "Mở cài đặt",
    ),
    "minutes_10": ("10m", "10 min", "10 mnt", "10 min", "10 phút"),
    "seconds_60": ("60s", "60 s", "60 detik", "60 s", "60 giây"),
    "seconds_15": ("15s", "15 s", "15 detik", "15 s", "15 giây"),
    "mode_photo": ("PHOTO", "PHOTO", "FOTO", "FOTO", "ẢNH"),
    "mode_text": ("TEXT", "TEXTE", "TEKS", "TEXTO", "VĂN BẢN"),
    "mode_post": ("POST", "PUBLIER", "POSTING", "PUBLICAR", "ĐĂNG"),
    "mode_create": ("CREATE", "CRÉER", "BUAT", "CREAR", "TẠO"),
    "recents": ("Recents", "Récents", "Terbaru", "Recientes", "Gần đây"),
    "all": ("All", "Tout", "Semua", "Todo", "Tất cả"),
    "videos": ("Videos", "Vidéos", "Video", "Vídeos", "Video"),
    "photos": ("Photos", "Photos", "Foto", "Fotos", "Ảnh"),
    "select_multiple": (
        "Select multiple", "Sélection multiple", "Pilih lebih dari satu", "Seleccionar varios",
        "Chọn nhiều",
    ),
    "next": ("Next", "Suivant", "Berikutnya", "Siguiente", "Tiếp"),
    # editor
    "your_story": ("Your Story", "Ta Story", "Story Anda", "Tu historia", "Nhật ký của bạn"),
    "edit": ("Edit", "Modifier", "Edit", "Editar", "Chỉnh sửa"),
    "edit_text": ("Text", "Texte", "Teks", "Texto", "Văn bản"),
    "stickers": ("Stickers", "Stickers", "Stiker", "Stickers", "Nhãn dán"),
    "effects": ("Effects", "Effets", "Efek", "Efectos", "Hiệu ứng"),
    "filters": ("Filters", "Filtres", "Filter", "Filtros", "Bộ lọc"),
    "voice": ("Voice", "Voix", "Suara", "Voz", "Giọng nói"),
    "discard": ("Discard", "Supprimer", "Buang", "Descartar", "Hủy bỏ"),
    "save_draft": (
        "Save draft", "Enregistrer le brouillon", "Simpan draf", "Guardar borrador", "Lưu bản nháp",
    ),
    "cannot_open": (
        "Couldn't open this video", "Impossible d'ouvrir cette vidéo", "Tidak dapat membuka video",
        "No se puede abrir el vídeo", "Không thể mở video này",
    ),
    "no_space": (
        "Not enough storage", "Espace de stockage insuffisant", "Penyimpanan tidak cukup",
        "No hay espacio suficiente", "Không đủ dung lượng",
    ),
    "continue_title": (
        "Continue editing this post?", "Continuer à modifier ce post ?",
        "Lanjut mengedit postingan ini?", "¿Continuar editando esta publicación?",
        "Tiếp tục chỉnh sửa bài đăng này?",
    ),
    # post page
    "catchy_title": (
        "Add a catchy title", "Ajoute un titre accrocheur", "Tambahkan judul yang menarik",
        "Añade un título llamativo", "Thêm tiêu đề hấp dẫn",
    ),
    "add_description": (
        "Add description...", "Ajouter une description...", "Tambah deskripsi...",
        "Añadir descripción...", "Thêm mô tả...",
    ),
    "cover": ("Cover", "Couverture", "Sampul", "Portada", "Ảnh bìa"),
    "edit_cover": (
        "Edit cover", "Modifier la couverture", "Edit sampul", "Editar portada", "Sửa ảnh bìa",
    ),
    "preview": ("Preview", "Aperçu", "Pratinjau", "Vista previa", "Xem trước"),
    "hashtags": ("Hashtags", "Hashtags", "Tagar", "Hashtags", "Hashtag"),
    "mention": ("Mention", "Mention", "Sebut", "Mencionar", "Nhắc đến"),
    "location": ("Location", "Lieu", "Lokasi", "Ubicación", "Vị trí"),
    "add_link": (
        "Add link", "Ajouter un lien", "Tambah tautan", "Añadir enlace", "Thêm liên kết",
    ),
    "view_everyone": (
        "Everyone can view this post", "Tout le monde peut voir ce post",
        "Semua orang dapat melihat posting ini", "Todo el mundo puede ver esta publicación",
        "Mọi người đều có thể xem bài đăng này",
    ),
    "view_friends": (
        "Friends can view this post", "Tes amis peuvent voir ce post",
        "Teman dapat melihat posting ini", "Tus amigos pueden ver esta publicación",
        "Bạn bè có thể xem bài đăng này",
    ),
    "view_only_me": (
        "Only you can view this post", "Toi seul peux voir ce post",
        "Hanya Anda yang dapat melihat posting ini", "Solo tú puedes ver esta publicación",
        "Chỉ bạn có thể xem bài đăng này",
    ),
    "who_can_view": (
        "Who can view this post", "Qui peut voir ce post", "Siapa yang dapat melihat posting ini",
        "Quién puede ver esta publicación", "Ai có thể xem bài đăng này",
    ),
    "everyone": ("Everyone", "Tout le monde", "Semua orang", "Todo el mundo", "Mọi người"),
    "only_me": ("Only you", "Toi uniquement", "Hanya Anda", "Solo tú", "Chỉ mình bạn"),
    "more_options": (
        "More options", "Plus d'options", "Opsi lainnya", "Más opciones", "Tùy chọn khác",
    ),
    "share_to": ("Share to", "Partager sur", "Bagikan ke", "Compartir en", "Chia sẻ lên"),
    "allow_comments": (
        "Allow comments", "Autoriser les commentaires", "Izinkan komentar",
        "Permitir comentarios", "Cho phép bình luận",
    ),
    "high_quality": (
        "Allow high-quality uploads", "Autoriser les téléversements en haute qualité",
        "Izinkan unggahan berkualitas tinggi", "Permitir subidas en alta calidad",
        "Cho phép tải lên chất lượng cao",
    ),
    "drafts": ("Drafts", "Brouillons", "Draf", "Borradores", "Nháp"),
    "post": ("Post", "Publier", "Posting", "Publicar", "Đăng"),
    "post_publicly": (
        "Post publicly?", "Publier publiquement ?", "Posting secara publik?",
        "¿Publicar para todos?", "Đăng công khai?",
    ),
    "post_publicly_text": (
        "Anyone can view this post.", "Tout le monde pourra voir ce post.",
        "Siapa pun dapat melihat posting ini.", "Cualquiera puede ver esta publicación.",
        "Bất kỳ ai cũng có thể xem bài đăng này.",
    ),
    "post_now": (
        "Post now", "Publier maintenant", "Posting sekarang", "Publicar ahora", "Đăng ngay",
    ),
    # profile
    "profile_menu": (
        "Profile menu", "Menu du profil", "Menu profil", "Menú del perfil", "Menu hồ sơ",
    ),
    "add_friends": (
        "Add friends", "Ajouter des amis", "Tambah teman", "Añadir amigos", "Thêm bạn bè",
    ),
    "edit_profile": (
        "Edit profile", "Modifier le profil", "Edit profil", "Editar perfil", "Sửa hồ sơ",
    ),
    "following": ("Following", "Abonnements", "Mengikuti", "Siguiendo", "Đã follow"),
    "followers": ("Followers", "Followers", "Pengikut", "Seguidores", "Follower"),
    "likes": ("Likes", "J'aime", "Suka", "Me gusta", "Thích"),
    "drafts_count": (
        "Drafts: {count}", "Brouillons : {count}", "Draf: {count}", "Borradores: {count}",
        "Bản nháp: {count}",
    ),
    "no_internet": (
        "No internet connection", "Pas de connexion Internet", "Tidak ada koneksi internet",
        "Sin conexión a Internet", "Không có kết nối Internet",
    ),
    "tap_to_retry": (
        "Tap to retry", "Appuie pour réessayer", "Ketuk untuk mencoba lagi",
        "Toca para reintentar", "Nhấn để thử lại",
    ),
    "no_posts": (
        "No videos yet", "Aucun post pour le moment", "Belum ada posting",
        "Aún no hay publicaciones", "Chưa có bài đăng nào",
    ),
    "public_posts": (
        "Posts", "Posts", "Posting", "Publicaciones", "Bài đăng",
    ),
    "private_posts": (
        "Private posts", "Posts privés", "Posting privat", "Publicaciones privadas",
        "Bài đăng riêng tư",
    ),
    # drafts
    "select": ("Select", "Sélectionner", "Pilih", "Seleccionar", "Chọn"),
    "select_all": (
        "Select all", "Tout sélectionner", "Pilih semua", "Seleccionar todo", "Chọn tất cả",
    ),
    "cancel": ("Cancel", "Annuler", "Batalkan", "Cancelar", "Hủy"),
    "delete": ("Delete", "Supprimer", "Hapus", "Eliminar", "Xóa"),
    "keep": ("Keep", "Conserver", "Pertahankan", "Conservar", "Giữ lại"),
    "delete_drafts_one": (
        "Delete 1 draft?", "Supprimer 1 brouillon ?", "Hapus 1 draf?", "¿Eliminar 1 borrador?",
        "Xóa 1 bản nháp?",
    ),
    "delete_drafts_many": (
        "Delete {count} drafts?", "Supprimer {count} brouillons ?", "Hapus {count} draf?",
        "¿Eliminar {count} borradores?", "Xóa {count} bản nháp?",
    ),
    "drafts_note": (
        "Drafts are only stored on this device.", "Les brouillons restent sur cet appareil.",
        "Draf hanya disimpan di perangkat ini.", "Los borradores solo están en este dispositivo.",
        "Bản nháp chỉ được lưu trên thiết bị này.",
    ),
    # a video
    "more": ("More", "Plus", "Lainnya", "Más", "Thêm"),
    "send_to": ("Send to", "Envoyer à", "Kirim ke", "Enviar a", "Gửi đến"),
    "copy_link": (
        "Copy link", "Copier le lien", "Salin tautan", "Copiar enlace", "Sao chép liên kết",
    ),
    "save_video": (
        "Save video", "Enregistrer la vidéo", "Simpan video", "Guardar vídeo", "Lưu video",
    ),
    "privacy_settings": (
        "Privacy settings", "Paramètres de confidentialité", "Pengaturan privasi",
        "Ajustes de privacidad", "Cài đặt quyền riêng tư",
    ),
    "pin": ("Pin", "Épingler", "Sematkan", "Fijar", "Ghim"),
    "analytics": ("Analytics", "Statistiques", "Analitik", "Estadísticas", "Phân tích"),
    "duet": ("Duet", "Duo", "Duet", "Dúo", "Duet"),
    "report": ("Report", "Signaler", "Laporkan", "Denunciar", "Báo cáo"),
    "not_interested": (
        "Not interested", "Pas intéressé", "Tidak tertarik", "No me interesa", "Không quan tâm",
    ),
    "link_copied": (
        "Link copied", "Lien copié", "Tautan disalin", "Enlace copiado", "Đã sao chép liên kết",
    ),
    "done": ("Done", "OK", "Selesai", "Listo", "Xong"),
    "delete_video": (
        "Delete this post?", "Supprimer ce post ?", "Hapus posting ini?",
        "¿Eliminar esta publicación?", "Xóa bài đăng này?",
    ),
    "delete_video_text": (
        "It will be removed for everyone.", "Il sera supprimé pour tout le monde.",
        "Posting akan dihapus untuk semua orang.", "Se eliminará para todos.",
        "Bài đăng sẽ bị xóa với mọi người.",
    ),
    "video_deleted": ("Deleted", "Supprimé", "Dihapus", "Eliminado", "Đã xóa"),
    # settings
    "settings": (
        "Settings and privacy", "Paramètres et confidentialité", "Pengaturan dan privasi",
        "Ajustes y privacidad", "Cài đặt và quyền riêng tư",
    ),
    "qr_code": ("My QR code", "Mon code QR", "Kode QR saya", "Mi código QR", "Mã QR của tôi"),
    "account": ("Account", "Compte", "Akun", "Cuenta", "Tài khoản"),
    "cache_section": (
        "Cache & cellular", "Cache et données mobiles", "Cache & Data Seluler",
        "Caché y datos móviles", "Bộ nhớ đệm và dữ liệu di động",
    ),
    "free_up_space": (
        "Free up space", "Libérer de l'espace", "Kosongkan ruang", "Liberar espacio",
        "Giải phóng dung lượng",
    ),
    "data_saver": (
        "Data Saver", "Économiseur de données", "Penghemat Data", "Ahorro de datos",
        "Trình tiết kiệm dữ liệu",
    ),
    "data_saver_text": (
        "Use less cellular data", "Utilise moins de données mobiles",
        "Gunakan lebih sedikit data seluler", "Usa menos datos móviles",
        "Dùng ít dữ liệu di động hơn",
    ),
    "log_out": ("Log out", "Se déconnecter", "Keluar", "Cerrar sesión", "Đăng xuất"),
    "log_out_title": (
        "Log out of @{handle}?", "Te déconnecter de @{handle} ?", "Keluar dari @{handle}?",
        "¿Cerrar la sesión de @{handle}?", "Đăng xuất khỏi @{handle}?",
    ),
    "cache": ("Cache", "Cache", "Cache", "Caché", "Bộ nhớ đệm"),
    "cache_text": (
        "Clearing the cache won't affect your posts.", "Vider le cache n'affecte pas tes posts.",
        "Menghapus cache tidak memengaruhi posting Anda.",
        "Borrar la caché no afecta a tus publicaciones.",
        "Xóa bộ nhớ đệm không ảnh hưởng đến bài đăng của bạn.",
    ),
    "drafts_text": (
        "Drafts that you delete can't be recovered.",
        "Les brouillons supprimés sont perdus.", "Draf yang dihapus tidak dapat dipulihkan.",
        "Los borradores eliminados no se recuperan.", "Không thể khôi phục bản nháp đã xóa.",
    ),
    "clear": ("Clear", "Vider", "Hapus", "Borrar", "Xóa"),
    "clear_cache_title": (
        "Clear cache?", "Vider le cache ?", "Hapus cache?", "¿Borrar la caché?",
        "Xóa bộ nhớ đệm?",
    ),
    "clear_drafts_title": (
        "Delete all drafts?", "Supprimer tous les brouillons ?", "Hapus semua draf?",
        "¿Eliminar todos los borradores?", "Xóa tất cả bản nháp?",
    ),
    "cache_cleared": (
        "Cache cleared", "Cache vidé", "Cache dihapus", "Caché borrada", "Đã xóa bộ nhớ đệm",
    ),
    "version": (
        "v{number} ({code})", "v{number} ({code})", "v{number} ({code})", "v{number} ({code})",
        "v{number} ({code})",
    ),
    # log-in
    "log_in": ("Log in", "Se connecter", "Masuk", "Iniciar sesión", "Đăng nhập"),
    "log_in_title": (
        "Log in to TikTok", "Se connecter à TikTok", "Masuk ke TikTok",
        "Iniciar sesión en TikTok", "Đăng nhập vào TikTok",
    ),
    "username": (
        "Email or username", "E-mail ou nom d'utilisateur", "Email atau nama pengguna",
        "Correo o nombre de usuario", "Email hoặc tên người dùng",
    ),
    "password": ("Password", "Mot de passe", "Kata sandi", "Contraseña", "Mật khẩu"),
    "forgot_password": (
        "Forgot password?", "Mot de passe oublié ?", "Lupa kata sandi?",
        "¿Has olvidado la contraseña?", "Quên mật khẩu?",
    ),
    "wrong_password": (
        "Incorrect account or password", "Compte ou mot de passe incorrect",
        "Akun atau kata sandi salah", "Cuenta o contraseña incorrectas",
        "Sai tài khoản hoặc mật khẩu",
    ),
    "logged_out": (
        "Your session has expired", "Ta session a expiré", "Sesi Anda telah berakhir",
        "Tu sesión ha caducado", "Phiên của bạn đã hết hạn",
    ),
    # what comes up by itself: the question, the accepting answer, the refusing one
    "popup_notifications": (
        "Turn on notifications?", "Activer les notifications ?", "Aktifkan notifikasi?",
        "¿Activar las notificaciones?", "Bật thông báo?",
    ),
    "popup_notifications_yes": ("Turn on", "Activer", "Aktifkan", "Activar", "Bật"),
    "popup_notifications_no": ("Not now", "Pas maintenant", "Tidak sekarang", "Ahora no", "Để sau"),
    "popup_contacts": (
        "Allow TikTok to access your contacts?", "Autoriser TikTok à accéder à tes contacts ?",
        "Izinkan TikTok mengakses kontak Anda?", "¿Permitir que TikTok acceda a tus contactos?",
        "Cho phép TikTok truy cập danh bạ của bạn?",
    ),
    "popup_contacts_yes": ("OK", "OK", "Oke", "Aceptar", "OK"),
    "popup_contacts_no": (
        "Don’t allow", "Ne pas autoriser", "Jangan izinkan", "No permitir", "Không cho phép",
    ),
    "popup_login_info": (
        "Save login info?", "Enregistrer les informations de connexion ?",
        "Simpan info masuk?", "¿Guardar los datos de inicio de sesión?",
        "Lưu thông tin đăng nhập?",
    ),
    "popup_login_info_yes": ("Save", "Enregistrer", "Simpan", "Guardar", "Lưu"),
    "popup_login_info_no": ("Not now", "Pas maintenant", "Tidak sekarang", "Ahora no", "Để sau"),
    "popup_phone_number": (
        "Add phone number", "Ajouter un numéro de téléphone", "Tambahkan nomor telepon",
        "Añadir número de teléfono", "Thêm số điện thoại",
    ),
    "popup_phone_number_yes": ("Add", "Ajouter", "Tambahkan", "Añadir", "Thêm"),
    "popup_phone_number_no": ("Not now", "Pas maintenant", "Tidak sekarang", "Ahora no", "Để sau"),
    "popup_terms": (
        "We've updated our Privacy Policy",
        "Nous avons mis à jour notre politique de confidentialité",
        "Kami telah memperbarui Kebijakan Privasi", "Hemos actualizado la Política de privacidad",
        "Chúng tôi đã cập nhật Chính sách quyền riêng tư",
    ),
    "popup_terms_yes": ("Got it", "J'ai compris", "Mengerti", "Entendido", "Đã hiểu"),
    "popup_update": (
        "Update TikTok to the latest version", "Mets TikTok à jour",
        "Perbarui TikTok ke versi terbaru", "Actualiza TikTok a la última versión",
        "Cập nhật TikTok lên phiên bản mới nhất",
    ),
    "popup_update_yes": ("Update", "Mettre à jour", "Perbarui", "Actualizar", "Cập nhật"),
    "popup_update_no": ("Not now", "Pas maintenant", "Tidak sekarang", "Ahora no", "Để sau"),
    "popup_survey": (
        "How do you like this video?", "Que penses-tu de cette vidéo ?",
        "Bagaimana pendapat Anda tentang video ini?", "¿Qué te parece este vídeo?",
        "Bạn thấy video này thế nào?",
    ),
    "popup_survey_yes": ("Submit", "Envoyer", "Kirim", "Enviar", "Gửi"),
    "popup_survey_no": ("Not now", "Pas maintenant", "Tidak sekarang", "Ahora no", "Để sau"),
}  # fmt: skip

TEXTS: Mapping[str, Mapping[str, str]] = {
    language: {name: row[at] for name, row in _ROWS.items()}
    for at, language in enumerate(LANGUAGES)
}
