"""What may be a password, and how it is kept."""

from __future__ import annotations

import unicodedata
from dataclasses import replace

import pytest

from counselor.staff import passwords

NAMES = ("mreyes", "Maria Reyes", "Green Door")


@pytest.mark.parametrize(
    "password",
    [
        "harmless teapot orbit 9",
        "vuvuzela gravel oboist",
        "ein pferd frisst keinen gurkensalat",
        "Überfüllte Öltöpfe klirren",
        "🦉🌵🪁🧲🥌🪗🫖🧵🪣🪜🧿🛶🎏🪆🏺 kiln trowel",
        "k7Fq-mPzR-xW2d-9LhB",
        "z" + "vuvuzela gravel oboist " * 11,
    ],
)
def test_a_long_unrelated_password_is_taken_whatever_its_characters(password):
    assert passwords.why_not(password, names=NAMES) is None


@pytest.mark.parametrize(
    ("password", "says"),
    [
        ("short one", "at least 15"),
        ("aaaaaaaaaaaaaaaa", "repeats"),
        ("abcabcabcabcabcabc", "repeats"),
        ("1234567890123456", "keyboard"),
        ("qwertyuiopasdfghjkl", "keyboard"),
        ("poiuytrewqlkjhgfdsa", "keyboard"),
        ("password1234567!", "guessers"),
        ("P@ssw0rd P@ssw0rd 1", "guessers"),
        ("correct horse battery staple", "guessers"),
        ("iloveyou iloveyou2", "guessers"),
        ("cannabis dispensary", "guessers"),
        ("maria reyes 1979!!", "guessers"),
        ("green door manager", "guessers"),
        ("welcome summer 2026", "guessers"),
        ("x" * 257, "at most 256"),
    ],
)
def test_a_password_that_guessers_try_first_is_refused_with_the_reason(password, says):
    reason = passwords.why_not(password, names=NAMES)
    assert reason is not None
    assert says in reason


def test_a_made_password_is_long_random_and_good_enough_for_our_own_rules():
    made = {passwords.one_time_password() for _ in range(200)}
    assert len(made) == 200
    assert all(len(password) == 19 for password in made)


def test_the_same_password_in_two_unicode_forms_is_the_same_password(app):
    settings = app.extensions["counselor"]
    composed = "Überfüllte Öltöpfe"
    kept = passwords.hash_password(composed, settings)
    assert passwords.matches(unicodedata.normalize("NFD", composed), kept, settings)
    assert not passwords.matches(composed.lower(), kept, settings)


def test_passwords_are_kept_as_argon2id_with_the_cost_the_guidance_asks_for(app):
    settings = replace(app.extensions["counselor"], argon2_rounds=3, argon2_memory_kib=64 * 1024)
    kept = passwords.hash_password("harmless teapot orbit 9", settings)
    assert kept.startswith("$argon2id$v=19$m=65536,t=3,p=1$")


def test_nobodys_password_never_matches(app):
    assert not passwords.matches("harmless teapot orbit 9", None, app.extensions["counselor"])
