"""The blueprint that the recall's pages and its papers share."""

from flask import Blueprint

bp = Blueprint("recalls", __name__, url_prefix="/recalls")
