"""The formats that are known by their headers, and what each column of them means."""

from __future__ import annotations

import re

from counselor.guidance.profile import Unit
from counselor.guidance.shelf import FORMS, ROUTES

from .analytes import plain
from .cells import grams_of
from .dosage import form_of, route_of
from .kinds import Fields, Format
from .metrc import METRC
from .safety import read_safe_cell

__all__ = ["BY_NAME", "COUNSELOR_COLUMNS", "FORMATS", "Fields", "Format", "recognise"]


def _percent(fields: Fields) -> Unit:
    return Unit.PERCENT


def _unknown(fields: Fields) -> Unit:
    return Unit.UNKNOWN


def _counselor(fields: Fields) -> None:
    """Form and route by our names; what is none of them is kept only as what was said."""
    for name, text in fields.items():
        if text[:1] == "'":
            fields[name] = read_safe_cell(text)
    form, route = fields.get("form", "").strip().lower(), fields.get("route", "").strip().lower()
    if form not in FORMS or (route and route not in ROUTES):
        fields["form_said"] = " / ".join(filter(None, (form, route)))
    fields["form"] = form if form in FORMS else ""
    fields["route"] = (route if route in ROUTES else "") if route else route_of(form)


def _connecticut(fields: Fields) -> None:
    fields["form_said"] = fields.get("form", "")
    fields["form"] = form_of(fields.get("form", ""))
    fields["route"] = route_of(fields["form"])


def _connecticut_terpenes(fields: Fields) -> None:
    """No registration number and no form: the brand name, which ends in a number of the registry, is all
    there is.
    """
    fields["sku"] = re.sub(r"[^A-Za-z0-9]+", "-", fields.get("name", "")).strip("-")
    fields["form"] = fields["route"] = ""


def _massachusetts_unit(fields: Fields) -> Unit:
    return {"percent": Unit.PERCENT, "mg_per_serving": Unit.MG_PER_SERVING}.get(
        fields.get("reading_unit", "").strip().lower(), Unit.UNKNOWN
    )


def _massachusetts(fields: Fields) -> None:
    kind = fields.get("form", "").strip().lower()
    fields["form_said"] = kind
    fields["form"] = {"flower": "flower", "concentrate": "concentrate", "extract": "concentrate"}.get(
        kind, ""
    )
    if kind == "mip":  # "marijuana-infused product" says neither what it is nor by which route
        fields["form"] = form_of(fields.get("name", ""))
        if fields["form"] == "concentrate" or route_of(fields["form"]) == "smoked":
            fields["form"] = (
                ""  # "Hash Caramel", "Master Kush Flower Coconut Oil": what went in, not what it is
            )
    fields["route"] = route_of(fields["form"])
    if kind == "flower" and "pre" in fields.get("name", "").lower() and form_of(fields["name"]) == "pre-roll":
        fields["form"] = "pre-roll"
    fields["batch"] = fields.get("sku", "")


_BATCH_CODE = re.compile(r"^(?=.*\d)[A-Z0-9][A-Z0-9./_-]*$")


def _california(fields: Fields) -> None:
    """A shop's menu joined to certificates: form from the kinds of product, name from whichever is for
    people.
    """
    kind, subtype, category = (fields.get(key, "") for key in ("kind", "subtype", "category"))
    slug, name = fields.get("slug", ""), fields.get("name", "").strip()
    fields["form"] = _california_form(kind, subtype, category, f"{slug} {name}")
    fields["route"] = route_of(fields["form"])
    if not name or _BATCH_CODE.match(name):
        fields["name"] = slug.replace("-", " ").strip().capitalize() or name
    fields["certificate_number"] = fields.get("certificate_number", "").strip()
    if fields.get("lineage", "").lower() in {"no classification", "other"}:
        fields["lineage"] = ""
    source = fields.pop("source", "").strip(" :").split()
    fields["batch"] = (
        fields.get("batch", "").strip() or fields["certificate_number"] or (source[0] if source else "")
    )
    if not fields.get("serving_g", "").strip() and "serving" in fields.get("serving_words", "").lower():
        grams = grams_of(fields["serving_words"])
        fields["serving_g"] = f"{grams:g}" if grams else ""
    if not fields.get("package_g", "").strip():
        grams = grams_of(fields.get("package_words", ""))
        fields["package_g"] = f"{grams:g}" if grams else fields.get("amount_g", "")
    if fields["form"] == "transdermal-patch":
        fields["serving"], fields["servings_per_package"] = (
            "1 patch",
            "1",
        )  # sold singly: the unit is the patch
    fields["smallest_dose"] = "1" if fields["form"] == "transdermal-patch" else ""


def _california_form(kind: str, subtype: str, category: str, names: str) -> str:
    low = kind.lower()
    if "topical" in low:
        return "transdermal-patch" if "patch" in low else _closer(form_of(f"{subtype} {kind}"), names)
    if "preroll" in low or "pre-roll" in low:
        infused = "infused" in low or ("infused" in subtype.lower() and "non" not in subtype.lower())
        return "infused-pre-roll" if infused else "pre-roll"
    if "infused flower" in low:
        return "infused-pre-roll" if form_of(names) in {"pre-roll", "infused-pre-roll"} else "flower"
    if any(word in low for word in ("ingestible", "edible", "tincture")):
        return _closer(form_of(kind.partition("(")[2]) or "edible", names)
    if re.search(r"\brso\b", f"{low} {subtype.lower()}"):
        return "oral-concentrate"
    if (
        any(word in low for word in ("concentrate", "extract", "inhalable", "distillate"))
        and "flower" not in low
    ):
        if (
            "vape" in low
            or category in {"cartridges", "stiiizy", "plug-play"}
            or form_of(names) == "vape-cartridge"
        ):
            return "vape-cartridge" if not _is_dab(subtype) else "concentrate"
        return (
            "vape-cartridge"
            if re.search(r"\bpods?\b|curepen|\bdispo\b|liquid-diamonds", names.lower())
            else "concentrate"
        )
    form = form_of(kind)
    rolled = form == "flower" and re.search(r"pre-?\s?rolls?\b", names.lower())
    return "pre-roll" if rolled else form  # a laboratory tests rolled flower as flower


def _closer(form: str, names: str) -> str:
    """What names say closer of "edible" or "topical": a form of the same route, or nothing new."""
    closer = form_of(names)
    return closer if form in {"edible", "topical"} and route_of(closer) == route_of(form) else form


def _is_dab(subtype: str) -> bool:
    return subtype.lower() in {
        "badder",
        "diamond",
        "shatter",
        "crumble",
        "fresh press",
        "unpressed hash green",
    }


def _california_lines(fields: Fields) -> None:
    fields["form"] = fields["route"] = ""


def _kushy(fields: Fields) -> None:
    fields["form_said"] = fields.get("form", "")
    kinds = [kind for kind in fields.get("form", "").split(",") if kind.strip()]
    forms = {form for kind in kinds if (form := _KUSHY_KINDS.get(kind.strip().lower(), form_of(kind)))}
    if len({route_of(form) for form in forms}) == 1:
        closer = forms - {
            "edible",
            "topical",
            "concentrate",
        }  # "Edibles,Chocolate": the second says it closer
        forms = closer or forms
    fields["form"] = forms.pop() if len(forms) == 1 else ""
    fields["route"] = route_of(fields["form"])


_KUSHY_KINDS = {
    "edibles": "edible", "candy": "edible", "drink": "beverage", "pill": "capsule", "vapes": "vape-cartridge",
    "vape cartidge": "vape-cartridge", "disposable vape": "vape-cartridge", "oil": "",
    "bubble hash": "concentrate",
    "rso": "oral-concentrate", "dressing": "edible", "spread": "edible",
}  # fmt: skip

COUNSELOR_COLUMNS = (
    "sku", "name", "brand", "form", "route", "serving", "servings_per_package", "smallest_dose",
    "ingredients", "lineage",
    "batch", "tested_on", "expires_on", "stock", "price",
    "serving_g", "package_g", "laboratory", "certificate_number", "holds",
    "left_blank",
)  # fmt: skip

_CONNECTICUT = {
    "brand_name": "name", "dosage_form": "form", "producer": "brand", "registration_number": "sku",
    "approval_date": "approved_on",
}  # fmt: skip

FORMATS: tuple[Format, ...] = (
    Format(
        "counselor-csv", "Counselor CSV", frozenset({"sku", "name", "form", "batch"}),
        {name: name for name in COUNSELOR_COLUMNS}, _unknown, _counselor,
    ),
    Format(
        "ct-brand-registry", "Connecticut brand registry",
        frozenset({"brand_name", "dosage_form", "registration_number"}), _CONNECTICUT, _percent, _connecticut,
        known_unused=frozenset({"product_image", "label_image"}), twins_at_source=True,
        percent_round_trip=True,
    ),
    Format(
        "ct-brand-registry-terpenes", "Connecticut brand registry, with terpenes",
        frozenset({"brand_name", "tetrahydrocannabinol_thc", "b_myrcene"}), _CONNECTICUT, _percent,
        _connecticut_terpenes,
        twins_at_source=True, percent_round_trip=True,
    ),
    Format(
        "ma-lab-results", "Massachusetts laboratory results",
        frozenset({"sample_id", "product_name", "cannabinoid_units"}),
        {"sample_id": "sku", "product_name": "name", "producer_code": "brand", "product_type": "form",
         "date_tested": "tested_on", "serving_size_mg": "serving_mg", "cannabinoid_units": "reading_unit",
         "total_cannabinoids": "total_cannabinoids"},
        _massachusetts_unit, _massachusetts, known_unused=frozenset({"total_terpenes_pct", "other_tests"}),
    ),
    Format(
        "ca-menu", "California menu with certificates", frozenset({"item_id", "menu_slug", "product_type",
        "total_thc"}),
        {"item_id": "sku", "menu_slug": "slug", "product_name": "name", "producer": "brand",
        "product_type": "kind",
         "product_subtype": "subtype", "category": "category", "classification": "lineage",
         "amount": "amount_g",
         "product_size": "package_words", "serving_size": "serving_words", "price": "price",
         "batch_number": "batch",
         "date_tested": "tested_on", "lab": "laboratory", "lab_id": "certificate_number",
         "metrc_source_id": "source",
         "status": "verdict", "total_thc": "total_thc", "total_cbd": "total_cbd", "serving_g": "serving_g",
         "package_g": "package_g", "thc_mg_per_serving": "stated_thc_serving",
         "cbd_mg_per_serving": "stated_cbd_serving",
         "thc_mg_per_package": "stated_thc_package", "cbd_mg_per_package": "stated_cbd_package"},
        _percent, _california, twice_is_crawled=True,
        known_unused=frozenset({
            "discount_price", "batch_size", "date_collected", "date_received", "total_cannabinoids",
            "sum_of_cannabinoids",
            "total_terpenes", "cannabinoids_status", "pesticides_status", "heavy_metals_status",
            "microbes_status",
            "mycotoxins_status", "solvents_status", "residual_solvents_status", "foreign_matter_status",
            "water_activity_status",
        }),
    ),
    Format(
        "ca-coa-lines", "California certificate lines", frozenset({"item_id", "analysis", "key", "value",
        "units"}),
        {"item_id": "sku", "name": "analyte_name", "key": "key", "value": "value", "mg_g": "mg_g",
        "units": "reading_unit",
         "lod": "lod", "loq": "loq", "analysis": "analysis"},
        _unknown, _california_lines, known_unused=frozenset({"limit", "status"}), one_analyte_a_row=True,
    ),
    Format(
        "kushy", "Kushy product list", frozenset({"id", "name", "slug", "brand", "thc", "cbd"}),
        {"id": "sku", "name": "name", "brand": "brand", "category": "form", "strain": "lineage"}, _unknown,
        _kushy,
        known_unused=frozenset({"slug", "lab_test"}),
    ),
    *METRC,
)  # fmt: skip
BY_NAME = {known.name: known for known in FORMATS}


def recognise(headers: tuple[str, ...]) -> Format | None:
    """The format whose telling headers are all there; the one with the most of them where several fit."""
    there = {plain(header) for header in headers}
    fitting = [
        known
        for known in FORMATS
        if known.signature <= there and all(names & there for names in known.one_of)
    ]
    return max(fitting, key=lambda known: len(known.signature) + len(known.one_of), default=None)
