"""Packages that only some measurements need are asked for when they are needed."""

import pytest

from eval.extras import MissingPackage, needed


def test_a_package_that_is_not_there_is_named_with_its_cure() -> None:
    with pytest.raises(MissingPackage, match=r"pip install 'jianxi\[eval\]'"):
        needed("a_package_that_nobody_has")


def test_a_package_that_is_there_is_given() -> None:
    assert needed("json").loads("1") == 1


def test_a_package_of_another_extra_is_named_with_that_one() -> None:
    with pytest.raises(MissingPackage, match=r"pip install 'jianxi\[training\]'"):
        needed("a_package_that_nobody_has", extra="training")
