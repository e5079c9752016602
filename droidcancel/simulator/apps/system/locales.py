"""The words of Settings and SystemUI that automation looks for, in the phone's other languages.

From AOSP's translations (packages/apps/Settings and packages/SystemUI, res/values-*/strings.xml).
Read there: airplane mode in ar, hi, tr and vi; the others are from memory of the same files. What
is not in here shows in English.
"""

from __future__ import annotations

from collections.abc import Mapping

# In the order of the rows below.
NAMES = (
    "settings",
    "network",
    "airplane",
    "wifi",
    "mobile",
    "data_saver",
    "on",
    "off",
    "bluetooth",
    "flashlight",
    "dark_theme",
    "storage",
    "clear_cache",
    "clear_storage",
    "clear_storage_old",
    "cache",
)
_ROWS: Mapping[str, str] = {
    "ar": "الإعدادات|الشبكة والإنترنت|وضع الطائرة|Wi-Fi|بيانات الجوّال|توفير البيانات|تفعيل|"
    "إيقاف|بلوتوث|مصباح يدوي|مظهر داكن|مساحة التخزين وذاكرة التخزين المؤقت|"
    "محو ذاكرة التخزين المؤقت|محو مساحة التخزين|محو البيانات|ذاكرة التخزين المؤقت",
    "de": "Einstellungen|Netzwerk & Internet|Flugmodus|WLAN|Mobile Daten|Datensparmodus|An|Aus|"
    "Bluetooth|Taschenlampe|Dunkles Design|Speicher und Cache|Cache leeren|"
    "Speicherinhalt löschen|Daten löschen|Cache",
    "es": "Ajustes|Redes e Internet|Modo avión|Wi-Fi|Datos móviles|Ahorro de datos|Activado|"
    "Desactivado|Bluetooth|Linterna|Tema oscuro|Almacenamiento y caché|Borrar caché|"
    "Borrar almacenamiento|Borrar datos|Caché",
    "hi": "सेटिंग|नेटवर्क और इंटरनेट|हवाई जहाज़ मोड|वाई-फ़ाई|मोबाइल डेटा|डेटा बचाने की सेटिंग|"
    "चालू है|बंद है|ब्लूटूथ|फ़्लैशलाइट|गहरे रंग वाली थीम|मेमोरी और कैश मेमोरी|"
    "कैश मेमोरी साफ़ करें|मेमोरी साफ़ करें|डेटा मिटाएं|कैश मेमोरी",
    "it": "Impostazioni|Rete e Internet|Modalità aereo|Wi-Fi|Dati mobili|Risparmio dati|On|Off|"
    "Bluetooth|Torcia|Tema scuro|Spazio di archiviazione e cache|Svuota cache|"
    "Cancella spazio di archiviazione|Cancella dati|Cache",
    "ja": "設定|ネットワークとインターネット|機内モード|Wi-Fi|モバイルデータ|データセーバー|ON|"
    "OFF|Bluetooth|ライト|ダークテーマ|ストレージとキャッシュ|キャッシュを削除|"
    "ストレージを消去|データを消去|キャッシュ",
    "ko": "설정|네트워크 및 인터넷|비행기 모드|Wi-Fi|모바일 데이터|데이터 절약 모드|사용|"
    "사용 안함|블루투스|손전등|어두운 테마|저장용량 및 캐시|캐시 지우기|저장용량 비우기|"
    "데이터 삭제|캐시",
    "pt-BR": "Configurações|Rede e Internet|Modo avião|Wi-Fi|Dados móveis|Economia de dados|"
    "Ativado|Desativado|Bluetooth|Lanterna|Tema escuro|Armazenamento e cache|"
    "Limpar cache|Limpar armazenamento|Limpar dados|Cache",
    "ru": "Настройки|Сеть и интернет|Режим полета|Wi-Fi|Мобильный интернет|Экономия трафика|"
    "Вкл.|Выкл.|Bluetooth|Фонарик|Тёмная тема|Хранилище и кеш|Очистить кеш|"
    "Очистить хранилище|Стереть данные|Кеш",
    "tr": "Ayarlar|Ağ ve internet|Uçak modu|Kablosuz|Mobil veri|Veri Tasarrufu|Açık|Kapalı|"
    "Bluetooth|El feneri|Koyu tema|Depolama alanı ve önbellek|Önbelleği temizle|"
    "Depolama alanını temizle|Verileri temizle|Önbellek",
    "vi": "Cài đặt|Mạng và Internet|Chế độ trên máy bay|Wi-Fi|Dữ liệu di động|"
    "Trình tiết kiệm dữ liệu|Bật|Tắt|Bluetooth|Đèn pin|Giao diện tối|"
    "Bộ nhớ và bộ nhớ đệm|Xóa bộ nhớ đệm|Xóa bộ nhớ|Xóa dữ liệu|Bộ nhớ đệm",
    "zh-CN": "设置|网络和互联网|飞行模式|WLAN|移动数据|流量节省程序|开启|关闭|蓝牙|手电筒|"
    "深色主题|存储和缓存|清除缓存|清除存储空间|清除数据|缓存",
    "zh-TW": "設定|網路和網際網路|飛航模式|Wi-Fi|行動數據|數據節省模式|開啟|關閉|藍牙|手電筒|"
    "深色主題|儲存空間和快取|清除快取|清除儲存空間|清除資料|快取",
}
WORDS: Mapping[str, Mapping[str, str]] = {
    "en-GB": {"airplane": "Aeroplane mode"},
    **{key: dict(zip(NAMES, row.split("|"), strict=True)) for key, row in _ROWS.items()},
}


def settings_words() -> dict[str, Mapping[str, str]]:
    """What the Settings app has of them, by language or locale."""
    return dict(WORDS)


def system_words() -> dict[str, Mapping[str, str]]:
    """What SystemUI has of them; there `settings` is a button that is described."""
    return {key: _for_system(words) for key, words in WORDS.items()}


def _for_system(words: Mapping[str, str]) -> Mapping[str, str]:
    kept = {name: text for name, text in words.items() if name != "settings"}
    return {**kept, "airplane_on": f"{words['airplane']}."}


def app_labels() -> dict[str, str]:
    """The name of the Settings app under its icon, by language."""
    return {
        key.partition("-")[0]: words["settings"]
        for key, words in WORDS.items()
        if "settings" in words
    }
