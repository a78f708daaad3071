"""Any other file: what its columns probably mean, and a format made of what a manager says they mean.

A proposal is only that: it says how sure it is and why, and a unit that nothing states is proposed as
unknown, never as the likeliest one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from counselor.guidance.profile import Unit
from counselor.guidance.shelf import FORMS

from .analytes import plain, reading_column, strange_unit
from .cells import date_of, read_cell
from .dosage import form_of, route_of
from .findings import UnreadableFile
from .kinds import Fields, Format
from .safety import read_safe_cell

Meaning = str | tuple[str, Unit]
"""What a column is: the name of a field, or an analyte with its unit; "" for a column that is not read."""

FIELDS: Mapping[str, str] = MappingProxyType({
    "sku": "SKU or item number",
    "name": "Product name",
    "brand": "Brand or producer",
    "form": "Dosage form or category",
    "route": "Route",
    "serving": "One serving, in words",
    "serving_g": "One serving, in grams",
    "serving_mg": "One serving, in milligrams",
    "servings_per_package": "Servings in a package",
    "package_g": "One package, in grams",
    "smallest_dose": "Smallest part of a serving (0.5 = half)",
    "ingredients": "Ingredients",
    "lineage": "Lineage (indica, sativa, hybrid)",
    "batch": "Batch or lot number",
    "tested_on": "Date tested",
    "expires_on": "Date it expires",
    "laboratory": "Laboratory",
    "certificate_number": "Certificate number",
    "verdict": "Test result (pass or fail)",
    "stock": "Packages in stock",
    "price": "Price",
    "total_thc": "Total THC, to compare with ours",
    "total_cbd": "Total CBD, to compare with ours",
})  # fmt: skip
"""Every field a column may be, with the words a manager reads. Money in the store's currency."""

_ALIASES: Mapping[str, tuple[str, ...]] = {
    "sku": ("item_id", "item_number", "item_no", "item_code", "product_id", "product_code", "product_sku",
            "registration_number", "upc", "barcode", "id", "sku_number", "sku_id", "code", "ndc"),
    "name": ("product_name", "item", "item_name", "product", "title", "brand_name", "description",
             "product_title", "menu_name", "display_name", "product_description"),
    "brand": ("producer", "manufacturer", "vendor", "supplier", "grower", "cultivator", "company",
              "brand_producer", "processor", "made_by", "grower_processor"),
    "form": ("dosage_form", "category", "product_type", "type", "item_category", "product_category", "kind",
             "product_form", "subcategory", "class"),
    "route": ("route_of_administration", "administration_route", "administration"),
    "serving": ("serving_size", "dose", "one_serving", "serving_description"),
    "serving_g": ("serving_size_g", "serving_grams", "grams_per_serving", "serving_weight_g"),
    "serving_mg": ("serving_size_mg",),
    "servings_per_package": ("servings", "number_of_servings", "servings_per_container", "servings_per_pack",
                             "doses_per_package", "servings_per_unit", "pieces", "count_per_package",
                             "units_per_package"),
    "package_g": ("package_grams", "net_weight_g", "net_grams", "package_weight_g", "weight_g", "grams"),
    "smallest_dose": ("smallest_part", "smallest_serving"),
    "ingredients": ("ingredient_list", "contains", "inactive_ingredients", "excipients"),
    "lineage": ("strain_type", "classification", "species", "dominance", "strain_classification"),
    "batch": ("batch_number", "lot", "lot_number", "batch_no", "lot_no", "batch_id", "lot_id", "batch_code",
              "production_batch_no", "production_batch_number", "lot_batch", "batch_lot"),
    "tested_on": ("date_tested", "test_date", "tested", "tested_date", "lab_test_date", "analysis_date",
                  "testing_date"),
    "expires_on": ("expiration_date", "expiry", "expiry_date", "expires", "exp_date", "best_by",
                   "best_before",
                   "use_by", "use_by_date", "expiration", "exp"),
    "laboratory": ("lab", "lab_name", "testing_lab", "lab_facility", "testing_laboratory",
                   "lab_facility_name"),
    "certificate_number": ("coa", "coa_number", "certificate", "coa_id", "lab_id", "report_number",
                           "certificate_id"),
    "verdict": ("status", "test_status", "lab_testing_state", "pass_fail", "result_status", "lab_status",
                "testing_status", "overall_result"),
    "stock": ("quantity", "qty", "on_hand", "quantity_on_hand", "qty_on_hand", "available", "inventory",
              "in_stock", "count", "units_in_stock", "available_quantity"),
    "price": ("retail_price", "unit_price", "sale_price", "cost_to_patient", "msrp", "price_usd",
              "amount_usd",
              "patient_price"),
    "total_thc": ("thc_total", "total_thc_percent", "total_potential_thc", "max_active_thc"),
    "total_cbd": ("cbd_total", "total_cbd_percent", "total_potential_cbd", "max_active_cbd"),
}  # fmt: skip
_FIELD_OF = {alias: field for field, aliases in _ALIASES.items() for alias in (field, *aliases)}
_SAMPLE = 200


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a column probably means. `sure` is "sure", "likely", "guess", or "" where nothing fits."""

    meaning: Meaning
    sure: str
    why: str


def propose_mapping(headers: Sequence[str], sample_rows: Iterable[Sequence[str]]) -> Mapping[str, Proposal]:
    """For every header what it probably means, how sure that is, and why.

    `sample_rows`: some data rows, as wide as the headers. A field is proposed for one column only, the one
    that fits best; a reading whose unit neither header nor cells state is proposed with `Unit.UNKNOWN`.
    """
    rows = [row for row, _ in zip(sample_rows, range(_SAMPLE), strict=False)]
    proposed: dict[str, Proposal] = {}
    taken: dict[str, str] = {}
    for place, header in enumerate(headers):
        if not header.strip():
            continue
        column = [row[place].strip() for row in rows if place < len(row) and row[place].strip()]
        proposal = _proposal(header, column)
        if isinstance(proposal.meaning, str) and proposal.meaning:
            field = proposal.meaning
            other = taken.get(field)
            if other is not None and _RANK[proposed[other].sure] <= _RANK[proposal.sure]:
                proposal = Proposal("", "", f"“{other}” fits {FIELDS[field]} as well or better.")
            else:
                if other is not None:
                    proposed[other] = Proposal("", "", f"“{header}” fits better.")
                taken[field] = header
        proposed[header] = proposal
    return proposed


_RANK = {"sure": 0, "likely": 1, "guess": 2, "": 3}


def _proposal(header: str, column: Sequence[str]) -> Proposal:
    name = plain(header)
    if name in FIELDS:
        return Proposal(name, "sure", "The header is our own name of it.")
    if name in _FIELD_OF:
        return Proposal(_FIELD_OF[name], "likely", "The header is another name of it.")
    found = reading_column(header)
    if found is not None:
        return _reading(*found, column)
    strange = strange_unit(header)
    if strange is not None:
        return Proposal((strange, Unit.UNKNOWN), "guess", "Its unit does not say per piece, pack or gram.")
    words = f"_{name}_"
    near = [field for alias, field in _FIELD_OF.items() if len(alias) > 3 and f"_{alias}_" in words]
    if near:
        return Proposal(near[0], "guess", "Part of the header is another name of it.")
    return _by_content(column)


def _reading(key: str, unit: Unit | None, column: Sequence[str]) -> Proposal:
    if unit is not None:
        return Proposal((key, unit), "sure", "The header names the analyte and its unit.")
    stated = {cell.reading.unit for text in column if (cell := read_cell(text, Unit.UNKNOWN)).stated}
    if len(stated) == 1 and Unit.UNKNOWN not in stated:
        return Proposal((key, stated.pop()), "likely", "The cells carry their unit.")
    return Proposal((key, Unit.UNKNOWN), "guess", "Nothing states the unit: choose it.")


def _by_content(column: Sequence[str]) -> Proposal:
    if column and all(form_of(text) for text in column):
        return Proposal("form", "guess", "Its cells are dosage forms.")
    if column and all(date_of(text) for text in column):
        return Proposal("", "", "Its cells are dates; nothing says of what.")
    return Proposal("", "", "Nothing we know has this name.")


def mapped_format(mapping: Mapping[str, Meaning | Proposal | Sequence[str]], name: str) -> Format:
    """The format of a file whose columns mean what `mapping` says: header -> field, (analyte, unit) or "".

    `name` names the source. A reading may come as a list of two texts, as JSON keeps it. UnreadableFile, in
    words for the mapping page, where a meaning is not known, a field is given twice, or neither the SKU nor
    the name is among the columns; without a SKU the name stands for it.
    """
    columns: dict[str, str] = {}
    readings: dict[str, tuple[str, Unit | None]] = {}
    unused: set[str] = set()
    for header, given in mapping.items():
        meaning = given.meaning if isinstance(given, Proposal) else given
        key = plain(header)
        if not meaning:
            unused.add(key)
        elif isinstance(meaning, str):
            if meaning not in FIELDS:
                raise UnreadableFile(f"“{header}” is said to be “{meaning}”, which is no field we know.")
            if meaning in columns.values():
                raise UnreadableFile(f"Two columns are said to be “{FIELDS[meaning]}”. Choose one of them.")
            columns[key] = meaning
        else:
            readings[key] = _stated(header, meaning)
    if not {"sku", "name"} & set(columns.values()):
        raise UnreadableFile("Say which column is the SKU, or at least which is the product name.")
    needed = {key for key, field in columns.items() if field in ("sku", "name")}
    return Format(
        name, f"Mapped file ({name})", frozenset(needed), columns, _no_unit, _mapped,
        known_unused=frozenset(unused), readings=readings,
    )  # fmt: skip


def _stated(header: str, meaning: Sequence[str]) -> tuple[str, Unit]:
    try:
        key, unit = meaning
        return key, Unit(unit)
    except ValueError as error:
        raise UnreadableFile(f"“{header}”: a reading needs an analyte and one of our units.") from error


def _no_unit(fields: Fields) -> Unit:
    return Unit.UNKNOWN


def _mapped(fields: Fields) -> None:
    for name, text in fields.items():
        if text[:1] == "'":
            fields[name] = read_safe_cell(text)
    if not fields.get("sku"):
        fields["sku"] = fields.get("name", "")
    said = fields.get("form", "")
    fields["form_said"] = said
    fields["form"] = form_of(said)
    route = fields.get("route", "").strip().lower()
    fields["route"] = route if route in {each.route for each in FORMS.values()} else route_of(fields["form"])
