"""What holds for every test; the cast of people stands in tests/conftest.py."""

pytest_plugins = ["tests.network", "tests.browser"]
