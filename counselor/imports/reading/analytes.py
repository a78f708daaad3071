"""Column names of laboratories and registries, as analyte keys and units."""

from __future__ import annotations

import re

from counselor.guidance.profile import CANNABINOIDS, Unit

_OTHER_CANNABINOIDS = frozenset({
    "cbna", "cbl", "cbla", "cbt", "cbcv", "cbdb", "cbdp", "cbe", "hhc", "9_r_hhc", "9_s_hhc", "thcp", "thco",
    "thd",
    "delta_8_thcv", "delta_10_thc", "delta_8_thc_acetate", "delta_9_thc_acetate",
})  # fmt: skip

_CANNABINOIDS = {key.lower(): key for key in CANNABINOIDS} | {
    "delta_9_thc": "THC", "d9_thc": "THC", "delta9_thc": "THC", "d9thc": "THC",
    "tetrahydrocannabinol_thc": "THC",
    "tetrahydrocannabinol_acid_thca": "THCA", "thc_a": "THCA",
    "delta_8_thc": "D8THC", "d8_thc": "D8THC", "delta8_thc": "D8THC",
    "cannabidiols_cbd": "CBD", "cannabidiol": "CBD", "cannabidiol_cbd": "CBD",
    "cannabidiol_acid_cbda": "CBDA", "cbd_a": "CBDA",
    "cbg_a": "CBGA", "cannabavarin_cbdv": "CBDV", "cannabichromene_cbc": "CBC", "cannbinol_cbn": "CBN",
    "cannabinol_cbn": "CBN", "tetrahydrocannabivarin_thcv": "THCV",
}  # fmt: skip

_TERPENES = frozenset({
    "alpha_pinene", "beta_pinene", "beta_myrcene", "d_limonene", "limonene", "beta_caryophyllene",
    "caryophyllene_oxide",
    "alpha_humulene", "humulene", "linalool", "terpinolene", "ocimene", "alpha_ocimene", "beta_ocimene",
    "cis_ocimene",
    "alpha_bisabolol", "camphene", "carene", "delta_3_carene", "alpha_terpinene", "beta_terpinene",
    "gamma_terpinene",
    "p_cymene", "eucalyptol", "geraniol", "guaiol", "isopulegol", "nerolidol", "cis_nerolidol",
    "trans_nerolidol",
    "alpha_phellandrene", "beta_eudesmol", "fenchone", "l_fenchone", "pulegol", "pulegone", "borneol",
    "isoborneol",
    "camphor", "cedrol", "geranyl_acetate", "menthol", "nerol", "sabinene", "terpineol", "alpha_terpineol",
    "trans_beta_farnesene", "alpha_farnesene", "beta_farnesene", "valencene", "alpha_cedrene", "fenchol",
    "delta_limonene",
})  # fmt: skip
_TERPENE_ALIASES = {
    "linalool_lin": "linalool", "humulene_hum": "humulene", "myrcene": "beta_myrcene",
    "caryophyllene": "beta_caryophyllene",
}  # fmt: skip
_GREEK = {"a": "alpha", "b": "beta", "y": "gamma", "g": "gamma"}

_SUFFIXES = (
    ("_percent", Unit.PERCENT), ("_pct", Unit.PERCENT), ("_mg_per_g", Unit.MG_PER_G), ("_mg_g",
    Unit.MG_PER_G),
    ("_mg_per_serving", Unit.MG_PER_SERVING), ("_mg_per_package", Unit.MG_PER_PACKAGE),
    ("_unknown", Unit.UNKNOWN),
    ("_percentage", Unit.PERCENT), ("_percent_w_w", Unit.PERCENT), ("_mg_serving", Unit.MG_PER_SERVING),
    ("_mg_package", Unit.MG_PER_PACKAGE), ("_mg_pkg", Unit.MG_PER_PACKAGE), ("_mg_unit", Unit.MG_PER_PACKAGE),
    ("_mg_per_unit", Unit.MG_PER_PACKAGE), ("_mg_per_pack", Unit.MG_PER_PACKAGE),
)  # fmt: skip

_ODD = re.compile(r"[^a-z0-9]+")


def plain(header: str) -> str:
    """A header as a key: lower case, anything between words one underscore. "B-MYRCENE" -> "b_myrcene"."""
    header = header.lower().replace("Δ", "delta_").replace("δ", "delta_").replace("%", " percent")
    return _ODD.sub("_", header).strip("_")


def analyte_of(name: str) -> str | None:
    """The analyte that a plain name stands for: a cannabinoid's key, a terpene's, or None."""
    if name in _CANNABINOIDS:
        return _CANNABINOIDS[name]
    if name in _OTHER_CANNABINOIDS:
        return name.upper()
    name = name.removeprefix("terp_")
    if name in _TERPENE_ALIASES:
        return _TERPENE_ALIASES[name]
    parts = [
        _GREEK.get(part, part) if place < len(name.split("_")) - 1 else part
        for place, part in enumerate(name.split("_"))
    ]
    spelled = "_".join(parts)
    return spelled if spelled in _TERPENES else None


def reading_column(header: str) -> tuple[str, Unit | None] | None:
    """The analyte and, where the name says so, the unit of a reading column; None for any other column."""
    name = plain(header)
    for suffix, unit in _SUFFIXES:
        if name.endswith(suffix) and (key := analyte_of(name.removesuffix(suffix))) is not None:
            return key, unit
    key = analyte_of(name)
    return (key, None) if key is not None else None


_LEADING = re.compile(r"^(" + "|".join(sorted(_CANNABINOIDS, key=len, reverse=True)) + r")_(.+)$")


def strange_unit(header: str) -> str | None:
    """The analyte of a column like "THC_ppm", whose unit nobody here knows; None where it is no such
    column.
    """
    found = _LEADING.match(plain(header))
    if found is None or found.group(2) not in {
        "ppm",
        "mg",
        "mg_per_ml",
        "mg_ml",
        "units",
        "value",
        "result",
        "amount",
        "potency",
    }:
        return None
    return _CANNABINOIDS[found.group(1)]
