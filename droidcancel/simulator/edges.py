"""Gesture navigation: swipes from the edges of the screen that the phone takes for itself.

From the left or right edge inwards is Back; up from the bottom is Home, or the recents where the
finger is slow (AOSP EdgeBackGestureHandler, and launcher3's swipe-up handling, much simplified).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from droidcancel.simulator.phone import Phone
    from droidcancel.simulator.touch import Touch

SIDE_DP = 24  # config_backGestureInset, and the default of its sensitivity
BOTTOM_DP = 32  # navigation_bar_gesture_height
TRAVEL_DP = 48
HELD_S = 0.6  # from here on a swipe up is one to the recents


def edge_gesture(phone: Phone, touch: Touch, seconds: float) -> bool:
    """Whether a swipe was the phone's; it is done then, and the app gets nothing of it."""
    scale = phone.screen.density / 160
    if phone.options.navigation != "gesture" or phone.power.keyguard:
        return False
    if touch.travelled() < TRAVEL_DP * scale:
        return False
    width, height = phone.screen.size
    direction = touch.direction()
    if touch.y >= height - BOTTOM_DP * scale and direction == "up":
        phone.ime.hide()
        phone.call(phone.show_recents if seconds >= HELD_S else phone.go_home)
        return True
    side = SIDE_DP * scale
    inwards = (touch.x < side and direction == "right") or (
        touch.x >= width - side and direction == "left"
    )
    if inwards:
        phone.call(phone.press_back)
    return inwards
