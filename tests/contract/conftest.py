"""Failing asserts of the contract say what they compared, as those of any test file do."""

import pytest

pytest.register_assert_rewrite(
    "tests.contract.accounts",
    "tests.contract.capabilities",
    "tests.contract.connection",
    "tests.contract.failures",
    "tests.contract.fixtures",
    "tests.contract.orders",
    "tests.contract.verifying",
)
