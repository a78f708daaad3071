from flask import Blueprint
bp = Blueprint("recalls", __name__)
