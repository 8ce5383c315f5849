import copy
import io
import random
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Collection, Sequence
from pathlib import Path

import py7zr
import pytest

from loaders.acquire.archives.unpack import require_safe_name, unpack
from loaders.acquire.archives.unpack_checks import Limits
from loaders.core.errors import ReadError, SourceError
from loaders.core.file_formats import ARCHIVE_SUFFIXES, is_archive

LIMITS = Limits(max_unpacked_mb=1000, max_ratio=200)
NOISE = random.Random(1).randbytes(50_000)  # noqa: S311 (data that does not shrink)
MEMBERS = {"readme.txt": b"read me", "a/farms.shp": NOISE, "a/b/c.dbf": b"c" * 3_000_000, "a/empty.prj": b""}
SOME = (".zip", ".tar.gz", ".7z")
Select = Callable[[Sequence[str]], Collection[str]]


def _all(names: Sequence[str]) -> Collection[str]:
    return names


def _none(names: Sequence[str]) -> Collection[str]:
    return []


def _only(*select: str) -> Select:
    return lambda names: [name for name in names if name in select]


def _zip(path: Path, *members: tuple[str | zipfile.ZipInfo, bytes], **lies: int) -> None:
    """Lies are told of the last member, at the end of the archive only."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members:
            archive.writestr(name, data)
        for field, value in lies.items():
            setattr(archive.filelist[-1], field, value)


def _tar(path: Path, suffix: str, *members: tuple[str | tarfile.TarInfo, bytes]) -> None:
    compression = {".tar": "", ".tgz": "gz", ".tbz2": "bz2", ".txz": "xz"}.get(suffix, suffix.rpartition(".")[2])
    with path.open("wb") as stream, tarfile.open(fileobj=stream, mode=f"w:{compression}") as archive:  # type: ignore[call-overload]
        for name, data in members:
            entry = name if isinstance(name, tarfile.TarInfo) else tarfile.TarInfo(name)
            entry.size = len(data)
            entry.mode = 0o4755
            archive.addfile(entry, io.BytesIO(data))


def _7z(path: Path, *members: tuple[str, bytes], password: str | None = None) -> None:
    with py7zr.SevenZipFile(path, "w", password=password) as archive:
        for name, data in members:
            archive._writestr(data, name)  # `writestr` refuses hostile names


def _made(folder: Path, suffix: str, members: dict[str, bytes]) -> Path:
    path = folder / "0123abcd"
    if suffix == ".zip":
        _zip(path, *members.items())
    elif suffix == ".7z":
        _7z(path, *members.items())
    else:
        _tar(path, suffix, *members.items())
    return path


def _unpack(path: Path, suffix: str, select: Select = _all, limits: Limits = LIMITS) -> list[Path]:
    return unpack(path, f"farms{suffix}", path.parent / "raw", select, limits, "ind_farms_2022")


def _refused(path: Path, suffix: str, match: str, select: Select = _all, limits: Limits = LIMITS) -> str:
    """Refusing leaves nothing, inside of the folder and outside of it."""
    previous = sorted(path.parent.rglob("*"))
    with pytest.raises(ReadError, match=match) as error:
        _unpack(path, suffix, select, limits)
    assert str(error.value).startswith(f"ind_farms_2022: farms{suffix} ")
    assert "Nothing was unpacked. " in str(error.value)
    assert sorted(path.parent.rglob("*")) == previous
    return str(error.value)


@pytest.fixture
def workdir(tmp_path: Path) -> Path:
    (tmp_path / "raw").mkdir()
    return tmp_path


def test_the_known_formats_are_these() -> None:
    tars = (".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tbz2", ".tar.xz", ".txz")
    assert (".zip", *tars, ".7z") == ARCHIVE_SUFFIXES


@pytest.mark.parametrize("name", [*(f"a{suffix}" for suffix in ARCHIVE_SUFFIXES), "A.ZIP", "b.Tar.Gz", "a.b.7Z"])
def test_an_archive_is_told_by_its_ending(name: str) -> None:
    assert is_archive(name)
    assert not is_archive(f"{name}.md")


@pytest.mark.parametrize("name", ["a.gz", "zip", "a.shp.xml", "7z", "a.rar", "a.tar.zst", ""])
def test_another_file_is_no_archive(name: str, workdir: Path) -> None:
    assert not is_archive(name)
    with pytest.raises(ReadError, match=r"is not an archive that can be unpacked; expected one of \.zip, \.tar, "):
        unpack(workdir / "x", name, workdir / "raw", _all, LIMITS, "ind_farms_2022")


@pytest.mark.parametrize("suffix", ARCHIVE_SUFFIXES)
def test_wanted_members_come_out_as_they_went_in(suffix: str, workdir: Path) -> None:
    path = _made(workdir, suffix, MEMBERS)
    paths = _unpack(path, suffix.upper())
    assert paths == [workdir / "raw" / name for name in sorted(MEMBERS, key=Path)]
    assert {path.relative_to(workdir / "raw").as_posix(): path.read_bytes() for path in paths} == MEMBERS
    assert not [path for path in paths if path.stat().st_mode & (stat.S_ISUID | 0o111)]
    assert all(path.stat().st_mtime >= (workdir / "0123abcd").stat().st_mtime for path in paths)


@pytest.mark.parametrize("suffix", ARCHIVE_SUFFIXES)
def test_unwanted_members_stay_where_they_are(suffix: str, workdir: Path) -> None:
    path = _made(workdir, suffix, MEMBERS)
    assert _unpack(path, suffix, _none) == []
    assert not [*(workdir / "raw").iterdir()]
    assert _unpack(path, suffix, _only("a/b/c.dbf")) == [workdir / "raw/a/b/c.dbf"]
    assert [path for path in (workdir / "raw").rglob("*") if path.is_file()] == [workdir / "raw/a/b/c.dbf"]


@pytest.mark.parametrize("suffix", SOME)
def test_names_are_seen_and_written_with_one_slash_between_their_parts(suffix: str, workdir: Path) -> None:
    seen_names: list[str] = []
    path = _made(workdir, suffix, {"./a//b.shp": b"1", r"c\d.shp": b"2", "e/./f..shp": b"3", "inner.zip": b"PK"})
    paths = _unpack(path, suffix, lambda names: seen_names.extend(names) or names)  # type: ignore[func-returns-value]
    assert seen_names == ["a/b.shp", "c/d.shp", "e/f..shp", "inner.zip"]
    assert [path.relative_to(workdir / "raw").as_posix() for path in paths] == seen_names
    assert [path.read_bytes() for path in paths] == [b"1", b"2", b"3", b"PK"]


def test_folders_and_names_in_another_encoding_are_no_obstacle(workdir: Path) -> None:
    top, folder = tarfile.TarInfo("./"), tarfile.TarInfo("./data/")
    top.type = folder.type = tarfile.DIRTYPE
    with tarfile.open(workdir / "a", "w", format=tarfile.GNU_FORMAT, encoding="latin-1") as archive:
        archive.addfile(top)
        archive.addfile(folder)
        archive.addfile(tarfile.TarInfo("./data/Málaga.shp"))
    assert _unpack(workdir / "a", ".tar") == [workdir / "raw/data/M\ufffdlaga.shp"]
    _zip(workdir / "b", ("x/", b""), ("y\\", b""), ("x/a", b"1"))
    assert _unpack(workdir / "b", ".zip") == [workdir / "raw/x/a"]


BAD_NAMES = {
    "../x": "leads out of its folder",
    "a/../../x": "leads out of its folder",
    "a/../x": "leads out of its folder",
    r"a\..\..\x": "leads out of its folder",
    "/tmp/x": "is an absolute path",  # noqa: S108 (the attack itself)
    r"\\server\x": "is an absolute path",
    "C:/x": "begins with a drive letter",
    r"./c:\x": "begins with a drive letter",
    "a\nb": "holds control characters",
    "a\x7f": "holds control characters",
}


@pytest.mark.parametrize("suffix", SOME)
@pytest.mark.parametrize("name", BAD_NAMES)
def test_one_name_that_leads_elsewhere_condemns_the_archive(suffix: str, name: str, workdir: Path) -> None:
    path = _made(workdir, suffix, {"good.shp": b"1", name: b"2"})
    message = _refused(path, suffix, BAD_NAMES[name], _only("good.shp"))
    assert (
        suffix == ".7z" or f"holds a member {name!r}, whose name " in message
    )  # py7zr tidies names before we see them
    assert "Ask the publisher; or download it yourself" in message


def test_a_name_with_a_nul_condemns_the_archive(workdir: Path) -> None:
    _zip(workdir / "a", ("good.shp#.exe", b"1"))
    (workdir / "a").write_bytes((workdir / "a").read_bytes().replace(b"#", b"\0"))
    _refused(workdir / "a", ".zip", "holds control characters")
    entry = tarfile.TarInfo("good.shp")
    entry.pax_headers = {"path": "good.shp\0.exe"}
    _tar(workdir / "b", ".tar", (entry, b"1"))
    _refused(workdir / "b", ".tar", "holds control characters")


@pytest.mark.parametrize("name", [*BAD_NAMES, "", ".", "./", "a\0", "\ud800", "ä" * 121, "a/" * 501])
def test_a_stated_name_that_must_not_become_a_path_is_refused(name: str) -> None:
    with pytest.raises(SourceError, match=r"^ind_farms_2022: the list of files names a file .*Ask the publisher"):
        require_safe_name(name, "the list of files", "ind_farms_2022")


@pytest.mark.parametrize("name", ["a", "a/b.shp", "..a", "a..", "Ünïcode 2.zip", r"a\b", "-x", "~", ".hidden"])
def test_an_ordinary_stated_name_passes(name: str) -> None:
    require_safe_name(name, "the list of files", "ind_farms_2022")


def _with_link(workdir: Path, suffix: str, target: str) -> Path:
    """An archive with a file, and a link `a/link` to the target."""
    path = workdir / "linked"
    if suffix == ".zip":
        entry = zipfile.ZipInfo("a/link")
        entry.external_attr = (stat.S_IFLNK | 0o777) << 16
        _zip(path, ("good.shp", b"1"), (entry, target.encode()))
    elif suffix == ".7z":
        with py7zr.SevenZipFile(path, "w") as archive:
            archive.writestr(b"1", "good.shp")
            archive.writestr(target, "a/link")
            archive.files.files_list[-1]["attributes"] = 0x8000 | (stat.S_IFLNK | 0o777) << 16
    else:
        link = tarfile.TarInfo("a/link")
        link.type, link.linkname = (tarfile.LNKTYPE if suffix == ".tar" else tarfile.SYMTYPE), target
        _tar(path, suffix, ("good.shp", b"1"), (link, b""))
    return path


@pytest.mark.parametrize("suffix", [".tar", *SOME])
@pytest.mark.parametrize("target", ["/etc/passwd", "../../x", "b/../../../x"])
def test_one_link_to_outside_condemns_the_archive(suffix: str, target: str, workdir: Path) -> None:
    path = _with_link(workdir, suffix, target)
    message = _refused(path, suffix, "holds a link 'a/link' to '.*', outside of its folder", _only("good.shp"))
    assert target in message


@pytest.mark.parametrize("suffix", [".tar", *SOME])
def test_a_link_to_inside_is_passed_over_unless_it_is_wanted(suffix: str, workdir: Path) -> None:
    path = _with_link(workdir, suffix, "good.shp" if suffix == ".tar" else "../good.shp")
    _refused(path, suffix, "holds 'a/link' as a link; expected a file with data")
    assert _unpack(path, suffix, _only("good.shp")) == [workdir / "raw/good.shp"]


@pytest.mark.parametrize("kind", [tarfile.FIFOTYPE, tarfile.CHRTYPE, tarfile.BLKTYPE])
def test_a_special_file_is_passed_over_unless_it_is_wanted(kind: bytes, workdir: Path) -> None:
    entry = tarfile.TarInfo("pipe")
    entry.type = kind
    _tar(workdir / "a", ".tar", ("good.shp", b"1"), (entry, b""))
    _refused(workdir / "a", ".tar", "holds 'pipe' as a special file; expected a file with data")
    assert _unpack(workdir / "a", ".tar", _only("good.shp")) == [workdir / "raw/good.shp"]


def test_a_file_that_a_zip_calls_a_folder_does_not_vanish(workdir: Path) -> None:
    _zip(workdir / "a", ("x.shp", b"1"), external_attr=(stat.S_IFDIR | 0o755) << 16)
    _refused(workdir / "a", ".zip", "holds 'x.shp' as a special file")


def test_more_members_than_anybody_publishes_are_refused(workdir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("loaders.acquire.archives.unpack.MAX_MEMBERS", 3)
    _refused(_made(workdir, ".tar", dict.fromkeys("1234", b"")), ".tar", "holds more than 3 members", _none)
    assert len(_unpack(_made(workdir, ".tar", dict.fromkeys("123", b"")), ".tar")) == 3


def test_an_encrypted_member_is_passed_over_unless_it_is_wanted(workdir: Path) -> None:
    _zip(workdir / "a", ("good.shp", b"1"), ("secret.shp", b"2"), flag_bits=1)
    _refused(workdir / "a", ".zip", "holds 'secret.shp' encrypted; expected data without a password")
    assert _unpack(workdir / "a", ".zip", _only("good.shp")) == [workdir / "raw/good.shp"]


def test_an_encrypted_7z_is_refused(workdir: Path) -> None:
    _7z(workdir / "a", ("secret.shp", b"2"), password="x")  # noqa: S106 (not one of ours)
    _refused(workdir / "a", ".7z", "holds 'secret.shp' encrypted")
    with py7zr.SevenZipFile(workdir / "b", "w", password="x", header_encryption=True) as archive:  # noqa: S106
        archive.writestr(b"2", "secret.shp")
    _refused(workdir / "b", ".7z", "is encrypted, and asks for a password")


@pytest.mark.parametrize("suffix", SOME)
@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("a/X.shp", "A/x.SHP"),
        ("é.shp", "e\u0301.shp"),
        ("a/x", "a//x"),
        ("straße", "STRASSE"),
        ("a", "A/b"),
        ("a/b", "a"),
    ],
)
def test_members_that_are_one_file_on_many_disks_are_refused(
    suffix: str, first: str, second: str, workdir: Path
) -> None:
    path = _made(workdir, suffix, {first: b"1", "good.shp": b"2", second: b"3"})
    message = _refused(path, suffix, "holds both ")
    assert repr(first) in message
    assert suffix == ".7z" or repr(second) in message
    assert _unpack(path, suffix, _only("good.shp")) == [workdir / "raw/good.shp"]


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_member_that_is_there_twice_is_refused(workdir: Path) -> None:
    _zip(workdir / "a", ("x", b"1"), ("x", b"2"))
    _tar(workdir / "b", ".tar", ("x", b"1"), ("x", b"2"))
    _7z(workdir / "c", ("x", b"1"), ("x", b"2"))
    for name, suffix in zip("abc", (".zip", ".tar", ".7z"), strict=True):
        _refused(workdir / name, suffix, "holds both 'x' and 'x', which are one file on many disks")


def test_a_file_that_is_there_already_stays_as_it_is(workdir: Path) -> None:
    (workdir / "raw/good.shp").write_bytes(b"mine")
    _refused(_made(workdir, ".zip", {"a": b"1", "good.shp": b"2"}), ".zip", "holds good.shp, which is in .* already")
    assert (workdir / "raw/good.shp").read_bytes() == b"mine"


def test_a_name_that_this_disk_cannot_hold_is_refused(workdir: Path) -> None:
    path = _made(workdir, ".zip", {"a": b"1", "x" * 300: b"2"})
    assert "narrow datasets.ind_farms_2022.source.include" in _refused(path, ".zip", "cannot be unpacked on this disk")


def test_a_small_archive_of_200_mb_is_refused_before_anything_is_written(workdir: Path) -> None:
    path = _made(workdir, ".zip", {"zeros.tif": bytes(200_000_000), "good.shp": b"1"})
    (workdir / "raw").rmdir()
    message = _refused(
        path, ".zip", r"would unpack to 200 MB, which is [\d,]+ times its own size, but download.max_ratio"
    )
    assert message.endswith(
        "If that is right, raise download.max_ratio in params.yaml, or narrow datasets.ind_farms_2022.source.include."
    )
    assert _unpack(path, ".zip", _only("good.shp")) == [workdir / "raw/good.shp"]


@pytest.mark.parametrize("suffix", [".tar.xz", ".7z"])
def test_what_must_be_read_through_counts_wanted_or_not(
    suffix: str, workdir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = _made(workdir, suffix, {"zeros.tif": bytes(10_000_000), "good.shp": b"1"})
    assert _unpack(path, suffix, _only("zeros.tif")) == [workdir / "raw/zeros.tif"]
    monkeypatch.setattr("loaders.acquire.archives.unpack_checks.RATIO_MATTERS_FROM_MB", 9)
    _refused(path, suffix, "would unpack to 10 MB, which is ", _only("good.shp"))
    assert _unpack(path, suffix, _only("good.shp"), Limits(1, 1e6)) == [workdir / "raw/good.shp"]


@pytest.mark.parametrize("suffix", SOME)
def test_what_is_larger_than_allowed_is_refused_and_what_is_not_wanted_does_not_count(
    suffix: str, workdir: Path
) -> None:
    path = _made(workdir, suffix, MEMBERS)
    limits = Limits(max_unpacked_mb=3, max_ratio=200)
    message = _refused(path, suffix, "would unpack to 3 MB, but download.max_unpacked_mb allows 3 MB", limits=limits)
    assert "raise download.max_unpacked_mb in params.yaml, or narrow datasets.ind_farms_2022.source.incl" in message
    assert len(_unpack(path, suffix, _only("a/farms.shp", "readme.txt"), limits)) == 2


def test_members_that_share_their_bytes_count_each(workdir: Path) -> None:
    with zipfile.ZipFile(workdir / "a", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("0", bytes(20_000_000))
        for number in range(1, 30):
            other = copy.copy(archive.filelist[0])
            other.filename = other.orig_filename = str(number)
            archive.filelist.append(other)
    _refused(workdir / "a", ".zip", "would unpack to 600 MB, which is")


@pytest.mark.parametrize("stated", [1, 2_999_999])
def test_a_member_that_is_longer_than_stated_is_never_cut_off(stated: int, workdir: Path) -> None:
    data = MEMBERS["a/b/c.dbf"]
    _zip(workdir / "a", ("good.shp", NOISE), ("c.dbf", data), file_size=stated)
    _refused(workdir / "a", ".zip", f"says that 'c.dbf' has {stated:,} bytes, but holds more than that")
    _zip(workdir / "b", ("c.dbf", data), file_size=stated, CRC=zlib.crc32(data[:stated]))
    _refused(workdir / "b", ".zip", "but holds more than that|is damaged or cut short")
    with zipfile.ZipFile(workdir / "c", "w") as archive:  # stored
        archive.writestr("c.dbf", data)
        archive.filelist[0].file_size = stated
        archive.filelist[0].CRC = zlib.crc32(data[:stated])
    _refused(workdir / "c", ".zip", "but holds more than that|is damaged or cut short")


def test_a_member_that_is_shorter_than_stated_is_refused(workdir: Path) -> None:
    _zip(workdir / "a", ("a/good.shp", NOISE), ("b/c.dbf", b"123"), file_size=4)
    _refused(workdir / "a", ".zip", "says that 'b/c.dbf' has 4 bytes, but holds fewer than that")


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_every_method_of_zip_is_read_and_checked(method: int, workdir: Path) -> None:
    with zipfile.ZipFile(workdir / "a", "w", method) as archive:
        archive.writestr("a", NOISE)
        archive.writestr("b", bytes(5_000_000))
    assert [path.read_bytes() for path in _unpack(workdir / "a", ".zip")] == [NOISE, bytes(5_000_000)]
    _zip(workdir / "b", ("x", b"1"), compress_type=9)
    _refused(workdir / "b", ".zip", "is packed in a way that this version cannot read")


@pytest.mark.parametrize("suffix", ARCHIVE_SUFFIXES)
@pytest.mark.parametrize("share", [0.0, 0.001, 0.3, 0.8, 0.999])
def test_an_archive_that_was_cut_short_is_refused(suffix: str, share: float, workdir: Path) -> None:
    complete = _made(workdir, suffix, {"1": NOISE, "2": NOISE[::-1]}).read_bytes()
    (workdir / "cut").write_bytes(complete[: int(len(complete) * (share if suffix != ".tar" else min(share, 0.97)))])
    _refused(workdir / "cut", suffix, r"is damaged or cut short", _only("1"))


@pytest.mark.parametrize("suffix", [suffix for suffix in ARCHIVE_SUFFIXES if suffix != ".tar"])
def test_a_changed_byte_is_noticed_and_takes_all_files_with_it(suffix: str, workdir: Path) -> None:
    path = _made(workdir, suffix, {"a/1": NOISE, "b/2": NOISE[::-1]})
    changed = bytearray(path.read_bytes())
    changed[len(changed) * 2 // 3] ^= 1
    path.write_bytes(changed)
    _refused(path, suffix, "is damaged or cut short, or is not what its ending says")


def test_a_zip_that_lists_fewer_members_than_it_states_is_refused(workdir: Path) -> None:
    complete = bytearray(_made(workdir, ".zip", {"1": b"1", "2": b"2", "3": b"3"}).read_bytes())
    complete[complete.index(b"PK\1\2") + 32] = 94  # the first has a comment, which swallows the others
    (workdir / "a").write_bytes(complete)
    _refused(workdir / "a", ".zip", "is damaged or cut short: it states 3 members, but lists 1", _only("1"))


def test_a_tar_without_an_end_or_with_a_hole_is_refused(workdir: Path) -> None:
    complete = _made(workdir, ".tar", {"1": b"1", "2": b"2", "3": b"3"}).read_bytes()
    for damaged in (complete[:3072], complete[:2048], complete[:1024] + b"?" * 512 + complete[1536:]):
        (workdir / "a").write_bytes(damaged)
        _refused(workdir / "a", ".tar", "its last member is not followed by an end")
    (workdir / "a").write_bytes(complete + bytes(1 << 24))
    _refused(workdir / "a", ".tar", "goes on for more than 16,777,216 bytes after its end")


@pytest.mark.parametrize(
    ("size", "found"), [(1 << 30, "a header of 1073741824 bytes"), (-512, "a header of -|damaged or cut short")]
)
def test_a_tar_header_that_would_fill_the_memory_is_refused(size: int, found: str, workdir: Path) -> None:
    entry = tarfile.TarInfo("x")
    entry.type, entry.size = tarfile.XHDTYPE, size
    (workdir / "a").write_bytes(entry.tobuf(tarfile.GNU_FORMAT) + bytes(10_240))
    _refused(workdir / "a", ".tar", found)


def test_a_tar_member_of_negative_size_is_refused(workdir: Path) -> None:
    entry = tarfile.TarInfo("x")
    entry.size = -1024
    (workdir / "a").write_bytes(entry.tobuf(tarfile.GNU_FORMAT) + bytes(10_240))
    _refused(workdir / "a", ".tar", "says that 'x' has -1024 bytes|is damaged")  # Python 3.13 refuses it itself


def test_a_7z_that_cannot_be_unpacked_in_small_pieces_is_refused(workdir: Path) -> None:
    with py7zr.SevenZipFile(workdir / "a", "w", filters=[{"id": py7zr.FILTER_BZIP2}]) as archive:
        archive.writestr(b"1", "x")
    _refused(workdir / "a", ".7z", "is packed with BZip2; expected LZMA, which unpacks in small pieces")


@pytest.mark.parametrize("suffix", ARCHIVE_SUFFIXES)
def test_what_is_not_what_its_ending_says_is_refused(suffix: str, workdir: Path) -> None:
    (workdir / "a").write_bytes(b"<html>Please log in</html>" * 100)
    begins = "" if suffix == ".tar" else rf": it begins with '<html>', expected a {suffix} archive\."
    _refused(workdir / "a", suffix, f"is damaged or cut short, or is not what its ending says{begins}")


def test_what_chooses_may_refuse_in_its_own_words(workdir: Path) -> None:
    def refuse(names: Sequence[str]) -> Collection[str]:
        raise ReadError("no file matches")

    with pytest.raises(ReadError, match=r"^no file matches$"):
        _unpack(_made(workdir, ".zip", MEMBERS), ".zip", refuse)
