"""Exports of the state's track-and-trace system (Metrc): packages, and laboratory results of packages.

Column names are those of its spreadsheets ("Package Label") and of its interface ("PackageLabel"), which
resellers write into files as they are. A package's tag is its SKU: results belong to one package, and other
packages of the same item have results of their own.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from counselor.guidance.profile import Unit

from .analytes import plain
from .cells import number_of
from .dosage import form_of, route_of
from .kinds import Fields, Format

_TAGS = (
    "package_label",
    "packagelabel",
    "tag",
    "label",
    "package_tag",
    "source_package_label",
    "sourcepackagelabel",
)

_PACKAGE_NAMES: Mapping[str, tuple[str, ...]] = {
    "sku": _TAGS,
    "name": ("item", "item_name", "productname", "product_name", "itemname"),
    "brand": ("itembrandname", "item_brand_name", "item_brand", "brand"),
    "form": ("item_category", "productcategoryname", "itemcategoryname", "category", "product_category",
             "item_category_name"),
    "quantity": ("quantity",),
    "quantity_unit": ("unit_of_measure", "unitofmeasurename", "unit_of_measure_name", "uom",
                      "unitofmeasureabbreviation", "unit_of_measure_abbreviation"),
    "verdict": ("lab_testing_state", "labtestingstate", "labtestingstatename", "lab_testing",
    "lab_test_state",
                "lab_testing_status"),
    "on_hold": ("isonhold", "on_hold", "is_on_hold", "administrative_hold"),
    "production_batch": ("production_batch_no", "production_batch_number", "productionbatchnumber",
                         "production_batch"),
    "expires_on": ("expiration_date", "expirationdate", "use_by_date", "usebydate"),
    "tested_on": ("labtestingperformeddate", "lab_testing_performed_date", "test_performed_date",
    "test_date"),
    "servings_per_package": ("number_of_doses", "numberofdoses", "itemnumberofdoses"),
    "unit_weight": ("itemunitweight", "item_unit_weight", "unit_weight"),
    "unit_weight_unit": ("itemunitweightunitofmeasurename", "unitweightunitofmeasurename",
                         "item_unit_weight_unit_of_measure", "unit_weight_unit_of_measure"),
    "content_unit": ("itemunitthccontentunitofmeasurename", "unitthccontentunitofmeasurename",
                     "unit_thc_content_unit_of_measure", "item_unit_thc_content_unit_of_measure"),
    "content_unit_cbd": ("itemunitcbdcontentunitofmeasurename", "unitcbdcontentunitofmeasurename",
                         "unit_cbd_content_unit_of_measure", "item_unit_cbd_content_unit_of_measure"),
}  # fmt: skip
_RESULT_NAMES: Mapping[str, tuple[str, ...]] = {
    "sku": _TAGS,
    "name": ("item", "item_name", "productname", "product_name"),
    "key": ("testtypename", "test_type", "test_type_name", "lab_test_type", "test_name",
    "lab_test_type_name"),
    "value": ("testresultlevel", "result", "test_result", "test_result_level", "result_level",
              "lab_test_result", "value"),
    "passed": ("testpassed", "test_passed", "passed", "pass_fail", "result_status"),
    "tested_on": ("testperformeddate", "test_date", "test_performed_date", "date_tested"),
    "laboratory": ("labfacilityname", "lab_facility", "lab_facility_name", "lab", "testing_facility"),
}  # fmt: skip
_UNUSED = frozenset({
    "id", "packagetype", "package_type", "packageddate", "packaged_date", "package_date", "source_harvest",
    "source_harvests", "sourceharvestnames", "source_harvest_names", "initiallabtestingstate",
    "labtestingstatedate", "lab_testing_state_date", "strain", "itemstrainname", "item_strain_name",
    "location",
    "locationname", "location_name", "sublocation", "note", "isproductionbatch", "production_batch_yes_no",
    "receiveddatetime", "received_date", "receivedfromfacilityname", "receivedfrommanifestnumber",
    "lastmodified",
    "finisheddate", "archiveddate", "sourcepackagelabels", "source_package_labels", "source_packages",
    "productid", "itemid", "item_id", "packageid", "package_id", "labfacilitylicensenumber", "testcomment",
    "test_comment", "comment", "notes", "resultreleased", "resultreleasedatetime", "overallpassed",
    "productcategoryname", "item_category", "labtestresultid", "labtestdetailid", "sellbydate",
    "sell_by_date",
})  # fmt: skip
_CONTENT: Mapping[str, tuple[str, Unit | None]] = {
    f"{before}unit{dash}{low}{dash}{what}": (low.upper(), Unit.PERCENT if what == "percent" else None)
    for before, dash in (("item", ""), ("", ""), ("item_", "_"), ("", "_"))
    for low in ("thc", "cbd")
    for what in ("percent", "content")
}
_GRAMS = {
    "grams": 1.0, "gram": 1.0, "g": 1.0, "milligrams": 0.001, "mg": 0.001, "ounces": 28.349523,
    "oz": 28.349523, "kilograms": 1000.0, "kg": 1000.0, "pounds": 453.59237, "lb": 453.59237,
}  # fmt: skip
_EACH = frozenset({"each", "ea", "units", "unit", "count"})
_PASSED = frozenset({"testpassed", "retestpassed", "passed", "pass", "retest_passed", "test_passed"})
_TEST = re.compile(r"^\s*(?P<name>[^(]+?)\s*\(\s*(?P<unit>[^)]+?)\s*\)")


def _columns(names: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
    return {alias: field for field, aliases in names.items() for alias in aliases}


def _said_yes(text: str) -> bool:
    return text.strip().lower() in {"true", "yes", "y", "1"}


def _package(fields: Fields) -> None:
    """A package: counted in pieces it has a stock; weighed it has none,
    and is held until somebody packs it."""
    said, name = fields.get("form", ""), fields.get("name", "")
    fields["form_said"] = said
    form, closer = form_of(said), form_of(name)
    if form in {"edible", "topical", "concentrate"} and route_of(closer) == route_of(form):
        form = closer  # "Infused Edible": the item's name says which
    fields["form"] = form or (closer if not said.strip() else "")
    fields["route"] = route_of(fields["form"])
    fields["batch"] = fields.get("production_batch", "").strip() or fields.get("sku", "")
    quantity, unit = fields.get("quantity", "").strip(), fields.get("quantity_unit", "").strip()
    if unit.lower() in _EACH:
        fields["stock"] = quantity
    elif quantity:
        fields["stock_by_weight"] = f"{quantity} {unit or '(no unit)'}"
    fields["package_g"] = _in_grams(fields.get("unit_weight", ""), fields.get("unit_weight_unit", ""))
    state = fields.get("verdict", "").strip()
    fields["verdict"] = "pass" if plain(state) in _PASSED else state
    if _said_yes(fields.get("on_hold", "")):
        fields["verdict"] = f"{state}, on hold"


def _in_grams(number: str, unit: str) -> str:
    value, factor = number_of(number), _GRAMS.get(unit.strip().lower())
    return f"{value * factor:g}" if value and factor else ""


def _content_unit(fields: Fields) -> Unit:
    """Content is per sellable unit; in anything but milligrams it is of unknown unit."""
    units = {fields.get(name, "").strip().lower() for name in ("content_unit", "content_unit_cbd")} - {""}
    return Unit.MG_PER_PACKAGE if units and units <= {"milligrams", "milligram", "mg"} else Unit.UNKNOWN


def _result(fields: Fields) -> None:
    """One test of a package: "THC (%) Raw Plant Material" is THC in percent."""
    fields["form"] = fields["route"] = ""
    found = _TEST.match(fields.get("key", ""))
    fields["reading_unit"] = found["unit"] if found else ""
    fields["key"] = found["name"] if found else fields.get("key", "")
    passed = fields.get("passed", "").strip().lower()
    fields["failed"] = passed if passed in {"false", "no", "fail", "failed", "0", "testfailed"} else ""


def _unknown(fields: Fields) -> Unit:
    return Unit.UNKNOWN


def _of(names: Mapping[str, tuple[str, ...]], *fields: str) -> tuple[frozenset[str], ...]:
    return tuple(frozenset(names[field]) for field in fields)


METRC: tuple[Format, ...] = (
    Format(
        "metrc-packages", "Metrc packages", frozenset(), _columns(_PACKAGE_NAMES), _content_unit, _package,
        known_unused=_UNUSED - {"productcategoryname", "item_category"}, readings=_CONTENT,
        one_of=_of(_PACKAGE_NAMES, "sku", "name", "quantity", "quantity_unit", "verdict"),
    ),
    Format(
        "metrc-lab-results", "Metrc laboratory results", frozenset(), _columns(_RESULT_NAMES), _unknown,
        _result,
        known_unused=_UNUSED, one_analyte_a_row=True,
        one_of=_of(_RESULT_NAMES, "sku", "key", "value", "passed"),
    ),
)  # fmt: skip
