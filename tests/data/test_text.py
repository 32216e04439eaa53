import os

import pytest

from analytics.errors import BadExtract
from data.layouts import text as text_module
from data.layouts.text import file_bytes, published_text

TABLE = "name,figure\nYnys Môn,5\n"


@pytest.mark.parametrize(
    ("content", "noted"),
    [
        pytest.param(TABLE.encode(), False, id="UTF-8"),
        pytest.param(TABLE.encode("utf-8-sig"), False, id="UTF-8 with a byte-order mark"),
        pytest.param(TABLE.encode("cp1252"), True, id="Windows-1252"),
        pytest.param(b"\xef\xbb\xbf" + TABLE.encode("cp1252"), True, id="Windows-1252 behind a mark of UTF-8"),
    ],
)
def test_text_is_read_and_another_encoding_is_noted(content, noted):
    found = published_text("f.csv", content)
    assert found.text == TABLE
    assert bool(found.notes) is noted


@pytest.mark.parametrize(
    ("content", "says"),
    [
        pytest.param(b"", "f.csv is empty", id="no bytes"),
        pytest.param(b"\xef\xbb\xbf \r\n", "f.csv is empty", id="only a mark and blanks"),
        pytest.param(b"a,b\n1,2\n3,\x004\n", "line 3: holds a NUL byte", id="NUL byte"),
        pytest.param(TABLE.encode("utf-16"), "UTF-16", id="UTF-16 with a mark"),
        pytest.param(TABLE.encode("utf-16-le"), "UTF-16", id="UTF-16 without a mark"),
        pytest.param(b"a,b\n\x81\x8d,2\n", "line 2: is neither UTF-8 nor Windows-1252", id="neither"),
        pytest.param(b"\r\n <!DOCTYPE html><html>", "is a web page saved as a table", id="web page"),
        pytest.param(b"<?xml version='1.0'?><Error>", "is a web page saved as a table", id="error of a file store"),
        pytest.param(b'{"error": "not found"}', "is JSON", id="error of a programme"),
        pytest.param(b"PK\x03\x04....", "an Excel workbook or a zip", id="workbook"),
        pytest.param(b"\x1f\x8b\x08....", "compressed", id="gzip"),
        pytest.param(b"%PDF-1.7", "a PDF", id="PDF"),
    ],
)
def test_what_is_no_text_table_is_refused_by_name(content, says):
    with pytest.raises(BadExtract) as error:
        published_text("f.csv", content)
    assert says in str(error.value)
    assert str(error.value).startswith("f.csv")


def test_a_file_that_cannot_be_opened(tmp_path):
    (tmp_path / "gone.csv").symlink_to(tmp_path / "nowhere")
    with pytest.raises(BadExtract, match=r"gone\.csv cannot be opened: No such file"):
        file_bytes(tmp_path / "gone.csv")


def test_a_folder_named_like_a_table(tmp_path):
    (tmp_path / "f.csv").mkdir()
    with pytest.raises(BadExtract, match="is a folder"):
        file_bytes(tmp_path / "f.csv")


def test_a_pipe_named_like_a_table_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "f.csv")
    with pytest.raises(BadExtract, match="is no file but a device"):
        file_bytes(tmp_path / "f.csv")


def test_a_file_too_large_to_be_one_of_the_tables(tmp_path, monkeypatch):
    monkeypatch.setattr(text_module, "MOST_BYTES", 10)
    (tmp_path / "f.csv").write_bytes(b"x" * 11)
    with pytest.raises(BadExtract, match="no table read here is so large"):
        file_bytes(tmp_path / "f.csv")
