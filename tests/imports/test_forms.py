"""Which form a menu's kinds and names make, where laboratories and shops use words of their own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from counselor.imports.reading import read_catalog
from counselor.imports.reading.dosage import form_of, route_of


@pytest.mark.parametrize(
    ("kind", "slug", "form"),
    [
        ("Other (Ingestible)", "wyld-pear-gummies", "gummy"),
        ("Ingestible (Other)", "petra-mints-peppermint", "lozenge"),
        ("Edible Solid", "kiva-mint-chocolate-bar", "chocolate"),
        ("Edible Solid", "camino-sours-mint-gummies", "gummy"),
        ("Edible Liquid", "some-shot", "edible"),
        ("Ingestible (Beverage)", "cann-social-tonic", "beverage"),
        ("Ingestible (Capsule)", "sleep-caps", "capsule"),
        ("Topical (Other)", "releaf-balm", "balm"),
        ("Topical (Lotion)", "lotion", "lotion"),
        ("Concentrates & Extracts (RSO)", "rso-syringe", "oral-concentrate"),
        ("Plant (Flower - Cured)", "nug-5pack-preroll-gg4", "pre-roll"),
        ("Plant (Enhanced/Infused Preroll)", "diamond-preroll", "infused-pre-roll"),
        ("Vape Cartridge", "blue-dream", "vape-cartridge"),
    ],
)
def test_a_menus_kind_and_name_make_one_form(
    kind: str, slug: str, form: str, write: Callable[..., Path]
) -> None:
    path = write(
        "item_id,menu_slug,product_name,product_type,status,total_thc\n"
        + f'1,{slug},Some Name,"{kind}",pass,\n'
    )
    row = read_catalog(path).rows[0]
    assert (row.form, row.route) == (form, route_of(form))


@pytest.mark.parametrize(
    "name", ["Hash Caramel", "Master Kush Flower Coconut Oil", "Hot Sauce", "Best Bud's Dog Treats"]
)
def test_an_infused_product_is_never_smoked_or_dabbed_for_a_word_in_its_name(
    name: str, write: Callable[..., Path]
) -> None:
    path = write(
        "sample_id,product_name,product_type,cannabinoid_units,thc\n" + f"1,{name},mip,mg_per_serving,5\n"
    )
    assert read_catalog(path).rows[0].route in {"", "edible"}


@pytest.mark.parametrize(
    ("said", "form"),
    [
        ("Gelcaps", "capsule"),
        ("Rick Simpson Oil", "oral-concentrate"),
        ("RSO Gummy", "gummy"),
        ("Sublingual Strips", "lozenge"),
        ("Mouth Spray", "oromucosal-spray"),
        ("Metered Dose Inhaler", "metered-inhaler"),
        ("Disposable Pen", "vape-cartridge"),
        ("AIO", "vape-cartridge"),
        ("Crumble", "concentrate"),
        ("Keef", "concentrate"),
        ("Shake", "flower"),
        ("Ointment", "topical"),
        ("Massage Oil", "topical"),
        ("Rice Krispy Treat", "baked-good"),
        ("Chocolate Chip Cookie", "baked-good"),
        ("Cookies & Cream Chocolate Bar", "chocolate"),
        ("Mint Chocolate Bar", "chocolate"),
        ("Ice Cream", "edible"),
        ("Peanut butter", "edible"),
        ("Suppository", ""),
        ("Nasal Spray", ""),
        ("Personal Lubricant", ""),
    ],
)
def test_other_spellings_of_the_trade_are_known(said: str, form: str) -> None:
    assert form_of(said) == form
