"""The blueprint that the counselor's and the pharmacist's pages share."""

from flask import Blueprint

bp = Blueprint("consultations", __name__)
