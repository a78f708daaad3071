"""Files for catalog tests, as the tests of imports make them."""

from tests.imports.conftest import AT, HEADER, HERE, excerpt, shelf_file, shelf_line, write

__all__ = ["AT", "HEADER", "HERE", "excerpt", "shelf_file", "shelf_line", "write"]
