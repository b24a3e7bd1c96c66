"""The digest of a saved result: it comes back the same for whatever a dataset may hold, and differs for any change."""

from __future__ import annotations

import h5py
import numpy as np
import pytest
import xarray as xr

import article10
from article10 import EnsembleResult, ResultError
from article10.runs.ensemble.netcdf import DIGEST, load_dataset, save_dataset
from article10.runs.output.digest import dataset_digest


@pytest.fixture(scope="module")
def result():
    return article10.simulate("baseline", 3, 7, changes={"horizon": "2026-02-02"})


@pytest.mark.parametrize(
    "values",
    [
        np.array([True, False, True]),
        np.array([1.0, np.nan, -0.0]),
        np.array([1, -1, 0], np.int8),
        np.array([1, 2, 3], ">f4"),
        np.array(["a", "", "Å"]),
        np.array(["a", "", "Å"], object),
        np.array([b"ab", b"", b"c"]),
        np.array(["2026-01-01", "NaT", "2027-01-01"], "datetime64[s]"),
        np.array([1, 2, 3], "timedelta64[D]"),
    ],
    ids=lambda values: values.dtype.str,
)
def test_a_variable_of_one_s_own_is_saved_and_read_as_it_is(result, tmp_path, values):
    attributes = {"text": "ü", "empty": "", "number": 3, "share": 0.1, "several": [1, 2], "words": ["a", "b"]}
    data = result.data.assign({"mine": ("run", values, attributes)})
    loaded = load_dataset(save_dataset(data, tmp_path / "r.nc"))
    assert loaded.equals(data)
    assert dataset_digest(loaded) == dataset_digest(data)


@pytest.mark.parametrize("chosen", [[0, 2], [], [2, 1, 0]])
def test_a_selection_of_what_was_loaded_can_be_saved_again(result, tmp_path, chosen):
    path = result.save(tmp_path / "r.nc")
    for _ in range(2):
        mine = EnsembleResult(article10.load(path).data.isel(run=chosen, step=slice(2, 5)))
        assert article10.load(mine.save(tmp_path / "mine.nc")).data.identical(mine.data)
    assert article10.load(path).data.identical(result.data)


CHANGES = {
    "value": lambda d: d.assign(stance=d["stance"].copy(data=np.nextafter(d["stance"].to_numpy(), 2))),
    "one value": lambda d: d.assign(breaches=d["breaches"] + np.array([0, 0, 1], d["breaches"].dtype)),
    "type": lambda d: d.assign(breaches=d["breaches"].astype(np.int64)),
    "label": lambda d: d.assign_coords(member=["XXX", *d["member"].to_numpy()[1:]]),
    "day": lambda d: d.assign_coords(step=d["step"] + np.timedelta64(1, "D")),
    "name of a variable": lambda d: d.rename(stance="stanca"),
    "name of a dimension": lambda d: d.rename(council="councjl"),
    "attribute": lambda d: d.assign_attrs(seed=d.attrs["seed"] + 1),
    "name of an attribute": lambda d: d.assign_attrs(sefd=7),
    "unit": lambda d: d.assign(stance=d["stance"].assign_attrs(unit="2")),
    "order of runs": lambda d: d.isel(run=[1, 0, 2]),
    "variable is gone": lambda d: d.drop_vars("stance"),
    "coordinate is data": lambda d: d.reset_coords("member_name"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_any_change_of_the_content_is_another_digest(result, change):
    assert dataset_digest(CHANGES[change](result.data)) != dataset_digest(result.data)


def rename(file: h5py.File) -> None:
    file.attrs["digesu"] = file.attrs[DIGEST]
    del file.attrs[DIGEST]


HARMS = {
    "a value": lambda file: file["stance"].__setitem__((0, 0, 0), 8e37),
    "an attribute": lambda file: file.attrs.__setitem__("seed", 8),
    "the digest": lambda file: file.attrs.__setitem__(DIGEST, "0" * 32),
    "the name of the digest": rename,
    "the digest and the version": lambda file: (rename(file), file.attrs.__delitem__("article10_version")),
    "the description of a variable": lambda file: file["stance"].attrs.__setitem__("unit", "2"),
    "the days": lambda file: file["step"].attrs.__setitem__("units", "hours since 2025-12-01 00:00:00"),
    "a variable": lambda file: file.__delitem__("breaches"),
}


@pytest.mark.parametrize("harm", HARMS)
def test_a_file_that_was_changed_is_refused_by_its_name_with_what_mends_it(result, tmp_path, harm):
    path = result.save(tmp_path / "result.nc")
    with h5py.File(path, "a") as file:
        HARMS[harm](file)
    with pytest.raises(ResultError, match=r"article10 run SCENARIO .*--force") as raised:
        article10.load(tmp_path)
    assert str(path) in str(raised.value)
    assert str(tmp_path) in str(raised.value).partition("--out ")[2]
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize("content", [b"", b"nonsense", b"\x89HDF\r\n\x1a\n" + bytes(2000)])
def test_what_is_no_netcdf_is_refused(tmp_path, content):
    (tmp_path / "r.nc").write_bytes(content)
    with pytest.raises(ResultError, match=r"r\.nc: not a NetCDF-4 file, or damaged"):
        article10.load(tmp_path / "r.nc")


def test_a_file_without_a_digest_can_be_read_with_xarray_and_given_one(result, tmp_path):
    path = tmp_path / "r.nc"
    result.data.to_netcdf(path, engine="h5netcdf")
    with pytest.raises(ResultError, match="holds no digest"):
        article10.load(path)
    EnsembleResult(xr.load_dataset(path, engine="h5netcdf")).save(path)
    assert article10.load(path).data.identical(result.data)
