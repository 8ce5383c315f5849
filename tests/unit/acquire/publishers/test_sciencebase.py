"""Of the children of a parent the newest is taken, or none; of an item all files."""

import pytest

from loaders.acquire import publishers
from loaders.acquire.publishers.api.fields import Fields
from loaders.acquire.publishers.sciencebase_versions import newest_version, version_in_title
from tests.publishers import Publishers
from tests.unit.acquire.publishers.repositories import (
    SCIENCEBASE,
    TITLE,
    asked,
    changed,
    names,
    parent,
    refused,
)


def test_the_newest_child_of_a_parent_is_locked(web: Publishers) -> None:
    parent(
        web,
        {"identifier": "6442d8a2", "title": f"{TITLE} v1.0 (November 2023)", "published": "2023-11-08"},
        {"identifier": "69aa0000", "title": f"{TITLE} v10.0 (April 2032)", "published": "2032-04-14"},
        {"identifier": "6671c479", "title": f"{TITLE} (ver. 2.0, August 2024)", "published": "2024-08-12"},
    )
    listing = asked(doi=SCIENCEBASE)
    record = listing.record
    assert (record.id, record.version, record.year, record.doi) == ("69aa0000", "10.0", 2032, SCIENCEBASE)
    assert record.title == f"{TITLE} v10.0 (April 2032)"
    assert record.url == "https://www.sciencebase.gov/catalog/item/69aa0000"
    assert names(listing) == {"69aa0000.zip"}


def test_a_child_is_chosen_by_the_address_of_its_page(web: Publishers) -> None:
    parent(web, {"identifier": "6442d8a2", "title": f"{TITLE} v1.0"}, {"identifier": "6671c479"})
    listing = asked(url="https://www.sciencebase.gov/catalog/item/6442d8a2")
    assert (listing.record.id, listing.record.version, names(listing)) == ("6442d8a2", "1.0", {"6442d8a2.zip"})


def test_children_on_several_pages_are_all_compared(web: Publishers) -> None:
    web.sciencebase.most_per_page = 2
    parent(web, *({"identifier": f"item{n}", "title": f"{TITLE} v{n}.0"} for n in (2, 1, 5, 4, 3)))
    assert asked(doi=SCIENCEBASE).record.id == "item5"


def test_a_child_that_is_a_parent_is_followed(web: Publishers) -> None:
    parent(web, {"identifier": "between", "files": {}})
    web.sciencebase.publish("below", {"a.geojson": b"{}"}, parent="between", title=TITLE)
    assert asked(doi=SCIENCEBASE).record.id == "below"


def test_the_metadata_of_a_parent_is_not_taken_for_its_data(web: Publishers) -> None:
    parent(web, {"identifier": "6671c479"})
    web.sciencebase.publish("66707f69", {"metadata.xml": b"<x/>"}, doi=SCIENCEBASE, title=TITLE)
    assert asked(doi=SCIENCEBASE).record.id == "6671c479"


def test_children_that_are_not_versions_are_listed_and_none_is_chosen(web: Publishers) -> None:
    parts = ({"identifier": "one", "title": "Solar polygons"}, {"identifier": "two", "title": "Training images"})
    parent(web, *parts)
    message = refused(doi=SCIENCEBASE)
    assert 'https://www.sciencebase.gov/catalog/item/one ("Solar polygons")' in message
    assert 'https://www.sciencebase.gov/catalog/item/two ("Training images")' in message
    assert "datasets.farms.source.url" in message


def child(title: str, published: str = "", updated: str = "2020-01-01T00:00:00Z", created: str = "2020") -> Fields:
    dates = [{"type": "Publication", "dateString": published}, {"type": "Start", "dateString": "2099"}]
    times = {"lastUpdated": updated, "dateCreated": created}
    values = {"id": title, "title": title, "dates": dates if published else [], "provenance": times}
    return Fields(values, title, None)  # type: ignore[arg-type]


CHILDREN = {
    "the highest version": ([child("Farms v9"), child("Farms v10"), child("Farms v1.5")], "Farms v10"),
    "a minor version": ([child("Farms v2"), child("Farms v2.1")], "Farms v2.1"),
    "2.0 and 2 are one version": ([child("Farms v2.0"), child("Farms, version 2")], None),
    "the only one that is no previous version": (
        [child("Farms"), child("Previous versions of the solar database")],
        "Farms",
    ),
    "the only one that is not archived": ([child("Farms"), child("Farms (archive)")], "Farms"),
    "archives only": ([child("Farms archive 1"), child("Farms archive 2")], None),
    "the one called current": ([child("Farms v1"), child("Farms (current version)")], "Farms (current version)"),
    "the latest month in a title": (
        [child("Farms (May 2023)"), child("Farms (April 2, 2024)")],
        "Farms (April 2, 2024)",
    ),
    "the latest day in a title": ([child("farms_20231108"), child("farms_20250430")], "farms_20250430"),
    "the same day": ([child("Farms 2023-11-08"), child("Farms, 20231108")], None),
    "years of data": ([child("Farms 2001-2010"), child("Farms 2011-2020")], None),
    "the latest publication": ([child("Farms 2023", "2023-05"), child("Farms 2024", "2024-04-02")], "Farms 2024"),
    "a year and a day in it": ([child("Farms (2024)", "2024"), child("Farms", "2024-05-01")], None),
    "the latest update": (
        [child("Farms", updated="2021-01-01T00:00:00Z"), child("farms", updated="2022-01-01T00:00:00Z")],
        "farms",
    ),
    "an update of an older item": (
        [child("Farms", updated="2025-01-01T00:00:00Z"), child("farms", created="2022")],
        None,
    ),
    "years of data, updated one after another": (
        [child("Farms of 2015", updated="2025-01-01T00:00:00Z"), child("Farms of 2020")],
        None,
    ),
    "numbered parts": ([child("Region 1", "2023-05"), child("Region 2", "2024-05")], None),
    "a single archive": ([child("Archive")], "Archive"),
    "parts that have versions": ([child("Farm polygons v1.0"), child("Farm images v2.0")], None),
    "a single one": ([child("Anything")], "Anything"),
    "nothing to compare": ([child("Farms"), child("Farms")], None),
}


@pytest.mark.parametrize("name", CHILDREN)
def test_the_newest_child_is_told_by_title_then_publication_then_update(name: str) -> None:
    children, expected = CHILDREN[name]
    newest = newest_version(children, lambda each: each)
    assert (newest.text("title") if newest else None) == expected


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Solar farms (ver. 2.0, August 2024)", "2.0"),
        ("uspvdb_v4_0", "4.0"),
        ("Farms Version 3", "3"),
        ("Data release 2016", "2016"),
        ("Solar farms in 2016", None),
        ("Convoy 66", None),
        (None, None),
    ],
)
def test_a_version_is_read_from_a_title(title: str | None, expected: str | None) -> None:
    assert version_in_title(title) == expected


def test_a_checksum_that_one_of_two_lists_states_is_kept(web: Publishers) -> None:
    web.sciencebase.publish("66c", {"a.geojson": b"{}"}, doi=SCIENCEBASE)
    web.fault(
        "www.sciencebase.gov",
        "/catalog/item/66c?format=json",
        changed(lambda item: item.update(facets=[{"files": [{**item["files"][0], "checksum": None}]}])),
    )
    (file,) = asked(doi=SCIENCEBASE).files
    assert file.checksum is not None


def test_a_file_without_a_place_on_the_disk_is_asked_for_by_name(web: Publishers) -> None:
    web.sciencebase.publish("66c", {"a b.geojson": b"{}"}, doi=SCIENCEBASE)
    web.fault(
        "www.sciencebase.gov",
        "/catalog/item/66c?format=json",
        changed(lambda item: item["files"][0].update(pathOnDisk=None)),
    )
    listing = asked(doi=SCIENCEBASE)
    expected = "https://www.sciencebase.gov/catalog/file/get/66c?name=a%20b.geojson"
    assert publishers.address(listing.record, listing.files[0]) == expected


def test_an_item_that_only_links_to_files_lists_the_links(web: Publishers) -> None:
    web.sciencebase.publish("66c", {}, doi=SCIENCEBASE)
    link = {"type": "download", "uri": "https://eerscmap.usgs.gov/uspvdb/assets/data/uspvdbGeoJSON.zip"}
    web.fault(
        "www.sciencebase.gov", "/catalog/item/66c?format=json", changed(lambda item: item.update(webLinks=[link]))
    )
    message = refused(doi=SCIENCEBASE)
    assert "holds no files. It links to https://eerscmap.usgs.gov/uspvdb/assets/data/uspvdbGeoJSON.zip." in message
    assert "datasets.farms.source.url" in message
