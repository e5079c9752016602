"""Texts of SystemUI, as AOSP's translations have them."""

from __future__ import annotations

import time
from collections.abc import Mapping

from droidcancel.simulator.apps.base import localised
from droidcancel.simulator.apps.system.locales import system_words

STRINGS: dict[str, Mapping[str, str]] = {
    **system_words(),
    "en": {
        "back": "Back",
        "home": "Home",
        "recent_apps": "Overview",
        "airplane_on": "Airplane mode.",
        "wifi_full": "Wi-Fi signal full.",
        "mobile_full": "Phone signal full.",
        "battery": "Battery {level} percent.",
        "stopped": "{app} has stopped",
        "repeats": "{app} keeps stopping",
        "restart": "Open app again",
        "close_app": "Close app",
        "app_info": "App info",
        "wifi": "Wi-Fi",
        "internet": "Internet",
        "mobile": "Mobile data",
        "airplane": "Airplane mode",
        "bluetooth": "Bluetooth",
        "flashlight": "Flashlight",
        "data_saver": "Data Saver",
        "dark_theme": "Dark theme",
        "on": "On",
        "off": "Off",
        "unavailable": "Networks unavailable",
        "connected": "Connected",
        "done": "Done",
        "settings": "Open settings.",
        "brightness": "Display brightness",
        "no_notifications": "No notifications",
        "clear_all": "Clear all",
        "now": "now",
        "minutes": "{count}m",
        "swipe_up": "Swipe up to open",
        "enter_pin": "Enter your PIN",
        "wrong_pin": "Wrong PIN. Try again.",
        "throttled": "Try again in {seconds} seconds.",
        "delete": "Delete",
        "enter": "Enter",
        "device_locked": "Device locked",
        "usb_title": "Allow USB debugging?",
        "usb_text": "The computer’s RSA key fingerprint is:\n{fingerprint}",
        "usb_always": "Always allow from this computer",
        "allow": "Allow",
        "cancel": "Cancel",
        "date": "{weekday}, {month} {day}",
        "weekdays": "Mon Tue Wed Thu Fri Sat Sun",
        "months": "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec",
    },
    "fr": {
        "back": "Retour",
        "home": "Accueil",
        "recent_apps": "Aperçu",
        "airplane_on": "Mode Avion.",
        "wifi_full": "Signal Wi-Fi excellent.",
        "mobile_full": "Signal excellent.",
        "battery": "Batterie : {level} pour cent",
        "stopped": "L'application {app} a cessé de fonctionner",
        "repeats": "{app} plante systématiquement",
        "restart": "Ouvrir à nouveau l'application",
        "close_app": "Fermer l'application",
        "app_info": "Infos sur l'appli",
        "wifi": "Wi-Fi",
        "internet": "Internet",
        "mobile": "Données mobiles",
        "airplane": "Mode Avion",
        "bluetooth": "Bluetooth",
        "flashlight": "Lampe de poche",
        "data_saver": "Économiseur de données",
        "dark_theme": "Thème sombre",
        "on": "Activé",
        "off": "Désactivé",
        "unavailable": "Réseaux indisponibles",
        "connected": "Connecté",
        "done": "OK",
        "settings": "Ouvrir les paramètres.",
        "brightness": "Luminosité de l'affichage",
        "no_notifications": "Aucune notification",
        "clear_all": "Tout effacer",
        "now": "maintenant",
        "minutes": "{count} min",
        "swipe_up": "Balayez l'écran vers le haut pour ouvrir",
        "enter_pin": "Saisissez votre code",
        "wrong_pin": "Code incorrect. Réessayez.",
        "throttled": "Réessayez dans {seconds} secondes.",
        "delete": "Supprimer",
        "enter": "Entrée",
        "device_locked": "Appareil verrouillé",
        "usb_title": "Autoriser le débogage USB\u00a0?",
        "usb_text": "L'empreinte de la clé RSA de l'ordinateur est :\n{fingerprint}",
        "usb_always": "Toujours autoriser sur cet ordinateur",
        "allow": "Autoriser",
        "cancel": "Annuler",
        "date": "{weekday} {day} {month}",
        "weekdays": "lun. mar. mer. jeu. ven. sam. dim.",
        "months": "janv. févr. mars avr. mai juin juil. août sept. oct. nov. déc.",
    },
    "id": {
        "back": "Kembali",
        "home": "Layar utama",
        "recent_apps": "Ringkasan",
        "airplane_on": "Mode pesawat.",
        "wifi_full": "Sinyal Wi-Fi penuh.",
        "mobile_full": "Sinyal telepon penuh.",
        "battery": "Baterai {level} persen.",
        "stopped": "{app} telah berhenti",
        "repeats": "{app} terus berhenti",
        "restart": "Buka aplikasi lagi",
        "close_app": "Tutup aplikasi",
        "app_info": "Info aplikasi",
        "wifi": "Wi-Fi",
        "internet": "Internet",
        "mobile": "Data seluler",
        "airplane": "Mode pesawat",
        "bluetooth": "Bluetooth",
        "flashlight": "Senter",
        "data_saver": "Penghemat Data",
        "dark_theme": "Tema gelap",
        "on": "Aktif",
        "off": "Nonaktif",
        "unavailable": "Jaringan tidak tersedia",
        "connected": "Terhubung",
        "done": "Selesai",
        "settings": "Buka setelan.",
        "brightness": "Kecerahan layar",
        "no_notifications": "Tidak ada notifikasi",
        "clear_all": "Hapus semua",
        "now": "baru saja",
        "minutes": "{count} mnt",
        "swipe_up": "Geser ke atas untuk membuka",
        "enter_pin": "Masukkan PIN",
        "wrong_pin": "PIN salah. Coba lagi.",
        "throttled": "Coba lagi dalam {seconds} detik.",
        "delete": "Hapus",
        "enter": "Masukkan",
        "device_locked": "Perangkat terkunci",
        "usb_title": "Izinkan proses debug USB?",
        "usb_text": "Sidik jari kunci RSA komputer adalah:\n{fingerprint}",
        "usb_always": "Selalu izinkan dari komputer ini",
        "allow": "Izinkan",
        "cancel": "Batal",
        "date": "{weekday}, {day} {month}",
        "weekdays": "Sen Sel Rab Kam Jum Sab Min",
        "months": "Jan Feb Mar Apr Mei Jun Jul Agu Sep Okt Nov Des",
    },
}


def translate(locale: str, name: str, **values: object) -> str:
    """A text of SystemUI in `locale` or its language, else in English."""
    template = localised(STRINGS, locale, name)
    return template.format(**values) if values else template


def clock_text(seconds: float, *, half_day: bool = False) -> str:
    """The time of day (UTC, the phones' zone): 17:05, or 5:05 of a 12-hour clock."""
    moment = time.gmtime(seconds)
    if half_day:
        return f"{moment.tm_hour % 12 or 12}:{moment.tm_min:02d}"
    return f"{moment.tm_hour:02d}:{moment.tm_min:02d}"


def date_text(locale: str, seconds: float) -> str:
    """The day as the lock screen shows it: Thu, Nov 23."""
    moment = time.gmtime(seconds)
    weekday = translate(locale, "weekdays").split()[moment.tm_wday]
    month = translate(locale, "months").split()[moment.tm_mon - 1]
    return translate(locale, "date", weekday=weekday, month=month, day=moment.tm_mday)
