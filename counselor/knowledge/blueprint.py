"""The blueprint that the reading rooms and the approval pages hang on."""

from flask import Blueprint

bp = Blueprint("knowledge", __name__, url_prefix="/knowledge")
