"""What pages are made of: icons, colours, vendored files, and nothing that a strict CSP would refuse."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from counselor import places

TEMPLATES = sorted(places.templates().rglob("*.html"))
SHEETS = sorted((places.static() / "css").glob("*.css"))
SCRIPTS = sorted((places.static() / "js").glob("*.js"))


def read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def drawn_icons() -> set[str]:
    return set(re.findall(r'<symbol id="([a-z0-9-]+)"', read(places.static() / "icons.svg")))


def colours(block: str) -> dict[str, str]:
    return dict(re.findall(r"--([a-z0-9-]+): (#[0-9a-f]{6});", block))


def light_and_dark() -> dict[str, dict[str, str]]:
    sheet = read(places.static() / "css" / "tokens.css")
    light, device_dark, chosen_dark = re.findall(r":root[^{]*\{([^}]*)\}", sheet)
    assert colours(device_dark) == colours(chosen_dark), "the two lists of dark colours differ"
    return {"light": colours(light), "dark": colours(light) | colours(chosen_dark)}


def contrast(one: str, other: str) -> float:
    """The WCAG 2.2 contrast ratio of two colours, 1 to 21."""

    def luminance(colour: str) -> float:
        parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
        red, green, blue = (
            part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
        )
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: "/".join(path.parts[-2:]))
def test_a_template_names_only_icons_that_are_drawn(template: Path) -> None:
    named = set(re.findall(r'\bicon(?:_name=|\()"([a-z0-9-]+)"', read(template)))
    assert named <= drawn_icons()


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: "/".join(path.parts[-2:]))
def test_a_template_carries_no_inline_script_or_style(template: Path) -> None:
    text = read(template)
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=\"|javascript:", text, re.IGNORECASE)
    assert not re.search(r"<script(?![^>]*\ssrc=)", text, re.IGNORECASE)


def test_nothing_is_fetched_from_another_host() -> None:
    for path in [*SHEETS, *SCRIPTS, *TEMPLATES]:
        assert not re.search(r'(?:src|href|url)\s*[=(]\s*["\']?(?:https?:)?//', read(path)), path.name


def test_every_file_a_template_asks_for_is_ours_and_there() -> None:
    for template in TEMPLATES:
        for name in re.findall(r"filename=[\"']([a-z/.-]+)[\"']", read(template)):
            if not name.endswith("/"):
                assert (places.static() / name).is_file(), (template.name, name)


def test_every_vendored_file_is_the_one_that_was_written_down() -> None:
    rows = re.findall(
        r"^\| `([^`]+)` .*\| `([0-9a-f]{64})` \|$", read(places.static() / "VENDORED.md"), re.MULTILINE
    )
    assert {name for name, _ in rows} >= {
        "icons.svg",
        *(f"fonts/{font.name}" for font in (places.static() / "fonts").iterdir()),
    }
    for name, digest in rows:
        assert hashlib.sha256((places.static() / name).read_bytes()).hexdigest() == digest, name


# On each ground: the colours that words on it may have; then those of edges, bars and dots.
WORDS = {
    "surface": "ink ink-2 go-ink stop-ink care-ink",
    "ground": "ink ink-2 go-ink stop-ink care-ink",
    "sunk": "ink ink-2",
    "go-soft": "go-ink",
    "go": "on-go",
    "go-hover": "on-go",
    "stop-soft": "ink stop-ink go-ink",
    "stop": "on-stop",
    "care-soft": "ink care-ink go-ink",
    "note-soft": "note-ink",
}
SHAPES = {"surface": "edge thc note other care go", "ground": "edge note care"}


def pairs(table: dict[str, str]) -> list[tuple[str, str]]:
    return [(colour, ground) for ground, listed in table.items() for colour in listed.split()]


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("text", "ground"), pairs(WORDS))
def test_words_can_be_read_on_their_ground(theme: str, text: str, ground: str) -> None:
    known = light_and_dark()[theme]
    assert contrast(known[text], known[ground]) >= 4.5


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("shape", "ground"), pairs(SHAPES))
def test_edges_and_bars_can_be_seen_on_their_ground(theme: str, shape: str, ground: str) -> None:
    known = light_and_dark()[theme]
    assert contrast(known[shape], known[ground]) >= 3


def test_a_counselor_sees_only_rooms_she_may_enter(counselor_client: FlaskClient) -> None:
    page = counselor_client.get("/").get_data(as_text=True)
    assert ">Counter" in page
    assert ">Audit" not in page and ">Staff" not in page


def test_a_manager_sees_staff_and_audit(manager_client: FlaskClient) -> None:
    page = manager_client.get("/").get_data(as_text=True)
    assert ">Audit" in page and ">Staff" in page


def test_the_gallery_shows_every_severity_grade_and_urgency(counselor_client: FlaskClient) -> None:
    page = counselor_client.get("/gallery").get_data(as_text=True)
    for words in (
        *("Do not sell", "Pharmacist first", "With care", "Note", "Cleared by the pharmacist", "Not checked"),
        *("None or insufficient", "Conclusive", "Emergency", "To a clinician today"),
    ):
        assert words in page
