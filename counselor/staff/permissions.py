"""Who may do what: one table for roles, one for the addresses of the program.

An endpoint without a row is refused to everybody, and a test fails.
"""

from __future__ import annotations

from enum import Enum, StrEnum

from counselor.staff.models import Role


class Permission(StrEnum):
    """Something a role may do."""

    WORK_HERE = "use the counter, read knowledge, change one's own password"
    SEE_PATIENTS = "find patients and read their records"
    EDIT_PATIENTS = "add patients and change their records"
    ADVISE = "start, fill in and sign consultations"
    SEE_QUEUE = "see which consultations wait for the pharmacist"
    CLEAR_WARNINGS = "clear a major warning, with limits"
    APPROVE_KNOWLEDGE = "approve a version of the knowledge for the store"
    SEE_CATALOG = "read products and batches"
    HOLD_BATCHES = "put batches on hold and release them"
    CLOSE_RECALLS = "close a recall that is not finished, with the reason"
    EDIT_CATALOG = "add, edit and import products"
    MANAGE_STAFF = "add, disable and enable staff"
    SEE_AUDIT = "read the audit log"


class Access(Enum):
    """For addresses that ask for no role."""

    PUBLIC = "anybody"
    BEARER = "an outside program with an API token; the slice checks it"


_EVERYBODY = frozenset(
    {Permission.WORK_HERE, Permission.SEE_PATIENTS, Permission.EDIT_PATIENTS, Permission.SEE_CATALOG}
)

ROLE_PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.COUNSELOR: _EVERYBODY | {Permission.ADVISE, Permission.SEE_QUEUE},
    Role.PHARMACIST: _EVERYBODY
    | {
        Permission.ADVISE,
        Permission.SEE_QUEUE,
        Permission.CLEAR_WARNINGS,
        Permission.APPROVE_KNOWLEDGE,
        Permission.HOLD_BATCHES,
    },
    Role.MANAGER: _EVERYBODY
    | {
        Permission.HOLD_BATCHES,
        Permission.CLOSE_RECALLS,
        Permission.EDIT_CATALOG,
        Permission.MANAGE_STAFF,
        Permission.SEE_AUDIT,
    },
}

ENDPOINTS: dict[str, Permission | Access] = {
    "static": Access.PUBLIC,
    "home.index": Permission.WORK_HERE,
    "web.gallery": Permission.WORK_HERE,
    # staff
    "session.sign_in": Access.PUBLIC,
    "session.sign_out": Access.PUBLIC,
    "account.password": Permission.WORK_HERE,
    "staff.index": Permission.MANAGE_STAFF,
    "staff.new": Permission.MANAGE_STAFF,
    "staff.create": Permission.MANAGE_STAFF,
    "staff.disable": Permission.MANAGE_STAFF,
    "staff.enable": Permission.MANAGE_STAFF,
    "staff.reset": Permission.MANAGE_STAFF,
    "audit.index": Permission.SEE_AUDIT,
    # patients
    "patients.search": Permission.SEE_PATIENTS,
    "patients.new": Permission.EDIT_PATIENTS,
    "patients.new_from_search": Permission.EDIT_PATIENTS,
    "patients.create": Permission.EDIT_PATIENTS,
    "patients.show": Permission.SEE_PATIENTS,
    "patients.edit": Permission.EDIT_PATIENTS,
    "patients.update": Permission.EDIT_PATIENTS,
    # consultations
    "consultations.start": Permission.ADVISE,
    "consultations.show": Permission.SEE_PATIENTS,
    "consultations.save": Permission.ADVISE,
    "consultations.choose": Permission.ADVISE,
    "consultations.ask": Permission.ADVISE,
    "consultations.sign": Permission.ADVISE,
    "consultations.amend": Permission.ADVISE,
    "consultations.abandon": Permission.ADVISE,
    "consultations.handout": Permission.SEE_PATIENTS,
    "consultations.queue": Permission.SEE_QUEUE,
    "consultations.clear": Permission.CLEAR_WARNINGS,
    "consultations.answer": Permission.CLEAR_WARNINGS,
    "consultations.explain": Permission.ADVISE,
    "consultations.withdraw": Permission.ADVISE,
    # catalog
    "catalog.index": Permission.SEE_CATALOG,
    "catalog.show": Permission.SEE_CATALOG,
    "catalog.field_history": Permission.SEE_CATALOG,
    "catalog.new": Permission.EDIT_CATALOG,
    "catalog.create": Permission.EDIT_CATALOG,
    "catalog.edit": Permission.EDIT_CATALOG,
    "catalog.update": Permission.EDIT_CATALOG,
    "catalog.hold": Permission.HOLD_BATCHES,
    "catalog.release": Permission.HOLD_BATCHES,
    "batches.new": Permission.EDIT_CATALOG,
    "batches.create": Permission.EDIT_CATALOG,
    "batches.edit_readings": Permission.EDIT_CATALOG,
    "batches.change_readings": Permission.EDIT_CATALOG,
    "bulk.index": Permission.EDIT_CATALOG,
    "bulk.choose": Permission.EDIT_CATALOG,
    "bulk.plan": Permission.EDIT_CATALOG,
    "bulk.show": Permission.EDIT_CATALOG,
    "bulk.make": Permission.EDIT_CATALOG,
    "bulk.undo": Permission.EDIT_CATALOG,
    "imports.index": Permission.EDIT_CATALOG,
    "imports.upload": Permission.EDIT_CATALOG,
    "imports.apply": Permission.EDIT_CATALOG,
    "imports.show": Permission.EDIT_CATALOG,
    "imports.columns": Permission.EDIT_CATALOG,
    "imports.map_columns": Permission.EDIT_CATALOG,
    "imports.decide": Permission.EDIT_CATALOG,
    "imports.annotated": Permission.EDIT_CATALOG,
    "imports.undo": Permission.EDIT_CATALOG,
    # stock
    "stock.index": Permission.SEE_CATALOG,
    "stock.show": Permission.SEE_CATALOG,
    "stock.counts_csv": Permission.SEE_CATALOG,
    "stock.movements_csv": Permission.SEE_CATALOG,
    "stock.adjust": Permission.EDIT_CATALOG,
    "stock.line": Permission.EDIT_CATALOG,
    "stock.load": Permission.EDIT_CATALOG,
    "stock.basket": Permission.SEE_PATIENTS,
    # reports
    "reports.coverage": Permission.SEE_CATALOG,
    "reports.coverage_csv": Permission.SEE_CATALOG,
    "reports.order_csv": Permission.SEE_CATALOG,
    "reports.cell": Permission.SEE_CATALOG,
    "reports.never": Permission.SEE_CATALOG,
    "reports.never_csv": Permission.SEE_CATALOG,
    "reports.substitute": Permission.SEE_CATALOG,
    "reports.substitute_csv": Permission.SEE_CATALOG,
    "reports.substitute_by_sku": Permission.SEE_CATALOG,
    "certificates.document": Permission.SEE_CATALOG,
    "certificates.read": Permission.SEE_CATALOG,
    "certificates.missing": Permission.SEE_CATALOG,
    "certificates.labels": Permission.SEE_CATALOG,
    "certificates.attach": Permission.EDIT_CATALOG,
    "certificates.share": Permission.EDIT_CATALOG,
    "certificates.withdraw": Permission.EDIT_CATALOG,
    "certificates.confirm": Permission.EDIT_CATALOG,
    # recalls and reactions
    "recalls.index": Permission.SEE_PATIENTS,
    "recalls.new": Permission.HOLD_BATCHES,
    "recalls.find": Permission.HOLD_BATCHES,
    "recalls.create": Permission.HOLD_BATCHES,
    "recalls.show": Permission.SEE_PATIENTS,
    "recalls.contact": Permission.SEE_PATIENTS,
    "recalls.step": Permission.HOLD_BATCHES,
    "recalls.close": Permission.HOLD_BATCHES,
    "recalls.call_sheet": Permission.SEE_PATIENTS,
    "recalls.letters": Permission.SEE_PATIENTS,
    "recalls.note_letters": Permission.SEE_PATIENTS,
    "recalls.holds": Permission.HOLD_BATCHES,
    "recalls.release": Permission.HOLD_BATCHES,
    "reactions.index": Permission.SEE_PATIENTS,
    "reactions.new": Permission.SEE_PATIENTS,
    "reactions.create": Permission.SEE_PATIENTS,
    "reactions.show": Permission.SEE_PATIENTS,
    "reactions.report": Permission.SEE_PATIENTS,
    "reactions.sent": Permission.SEE_PATIENTS,
    "reactions.decide": Permission.HOLD_BATCHES,
    "reactions.settle": Permission.CLEAR_WARNINGS,
    # knowledge
    "knowledge.index": Permission.WORK_HERE,
    "knowledge.rule": Permission.WORK_HERE,
    "knowledge.source": Permission.WORK_HERE,
    "knowledge.medicine": Permission.WORK_HERE,
    "knowledge.lookup": Permission.WORK_HERE,
    "knowledge.approval": Permission.WORK_HERE,
    "knowledge.approve": Permission.APPROVE_KNOWLEDGE,
    "knowledge.withdraw": Permission.APPROVE_KNOWLEDGE,
    # outside programs
    "api.advice": Access.BEARER,
}


def may(role: Role, permission: Permission) -> bool:
    """Whether the role has the permission."""
    return permission in ROLE_PERMISSIONS[role]
