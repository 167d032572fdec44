import warnings
from functools import cache

import numpy as np
import pytest
from CoolProp import CoolProp
from hypothesis import given, settings
from hypothesis import strategies as st

from comine.physics.fluid_build import build_table
from comine.physics.fluid_cache import UNREADABLE, cache_folder, cached_table
from comine.physics.fluid_table import BOX, PROPERTIES, FluidRange
from comine.physics.fluids import RANGES, figures_of_merit, working_fluid
from tests.cases import case, load_case

NITROGEN = FluidRange(250.0, 400.0, 1e7)


@case("engineering/D07_working_fluid_figures_of_merit")
def test_case_figures_of_merit():
    data = load_case("engineering/D07_working_fluid_figures_of_merit")
    i, e, tolerance = data["inputs"], data["expected"], data["tolerance"]["rel"]
    cold, hot = i["T_cold_C"] + 273.15, i["T_hot_C"] + 273.15
    for name in ("water", "CO2", "R134a", "R245fa", "isobutane"):
        fluid = working_fluid(name)
        for kelvin, label in ((cold, "20C"), (hot, "100C")):
            density, heat = fluid.density(kelvin, i["p_Pa"]), fluid.specific_heat(kelvin, i["p_Pa"])
            assert density == pytest.approx(e[f"{name}_rho_{label}"], rel=tolerance)
            assert heat == pytest.approx(e[f"{name}_cp_{label}"], rel=tolerance)
        merit = figures_of_merit(fluid, cold, hot, i["p_Pa"], gravity=9.81)
        assert merit.heat * 1e-3 == pytest.approx(e[f"{name}_dh_kJ_kg"], rel=tolerance)
        assert merit.volumetric_heat * 1e-6 == pytest.approx(e[f"{name}_heat_MJ_m3"], rel=tolerance)
        assert merit.thermosiphon == pytest.approx(
            e[f"{name}_thermosiphon_kPa_per_km"], rel=tolerance
        )


@cache
def sampled(name):
    """Random states of a fluid with the properties that CoolProp gives."""
    fluid, library_name = working_fluid(name), RANGES[name][0]
    state = CoolProp.AbstractState("HEOS", library_name)
    tc, pc = fluid.table.critical
    random = np.random.default_rng(3)
    cold, hot, most = fluid.span
    T = random.uniform(cold, hot, 1500)
    p = np.exp(random.uniform(np.log(1e4), np.log(most), 1500))
    close = random.uniform(max(cold, 0.93 * tc), max(cold + 1.0, min(hot, 1.1 * tc)), 500)
    T, p = np.append(T, close), np.append(p, random.uniform(0.7 * pc, 1.3 * pc, 500))
    inside = (T / tc > BOX[0]) & (T / tc < BOX[1])
    inside &= (p > fluid.table.box_pressure) & (p < BOX[2] * pc)
    T, p = T[~inside], p[~inside]
    truth = {key: np.full(T.shape, np.nan) for key in PROPERTIES}
    for i, (kelvin, pascal) in enumerate(zip(T, p, strict=True)):
        state.update(CoolProp.PT_INPUTS, pascal, kelvin)
        truth["density"][i], truth["enthalpy"][i] = state.rhomass(), state.hmass()
        truth["specific_heat"][i], truth["viscosity"][i] = state.cpmass(), state.viscosity()
        truth["expansion"][i] = state.isobaric_expansion_coefficient()
        try:
            truth["conductivity"][i] = state.conductivity()
        except ValueError:
            assert name == "R245fa" and pascal < 5e5, "CoolProp's solver fails there only"
    return T, p, truth


LIMITS = {
    "density": (1e-5, 1e-3),
    "enthalpy": (1e-5, 3e-4),
    "specific_heat": (3e-4, 2e-2),
    "viscosity": (6e-5, 1e-3),
    "conductivity": (3e-4, 5e-3),
    "expansion": (1e-3, 3e-2),
}
"""Errors that 99 of 100 states and all states may have."""


@pytest.mark.parametrize("name", RANGES)
@pytest.mark.parametrize("key", PROPERTIES)
def test_tables_are_as_exact_as_said(name, key, measured):
    T, p, truth = sampled(name)
    # enthalpy counts by 100 K of specific heat; the expansion of water passes through zero
    scale = {"enthalpy": 100.0 * truth["specific_heat"]}.get(key, np.abs(truth[key]))
    scale = np.maximum(scale, 1e-4 if key == "expansion" else 0.0)
    error = np.abs(getattr(working_fluid(name), key)(T, p) - truth[key]) / scale
    usual, greatest = LIMITS[key]
    most, of = np.nanquantile(error, 0.99), key.replace("_", " ")
    measured.deviation("fluids", f"{of}, 99 of 100 states", "CoolProp", most, usual, "")
    measured.deviation("fluids", f"{of}, all states", "CoolProp", np.nanmax(error), greatest, "")


@pytest.mark.parametrize("name", [name for name in RANGES if name != "air"])
def test_saturation_and_its_sides(name):
    fluid, (library_name, span) = working_fluid(name), RANGES[name]
    T = np.linspace(span.coldest + 0.01, 0.979 * fluid.table.critical[0], 40)
    boiling = fluid.saturation_pressure(T)
    exact = CoolProp.PropsSI("P", "T", T, "Q", np.zeros_like(T), library_name)
    assert boiling == pytest.approx(exact, rel=1e-6)
    for quality, side in ((0.0, 1.0 + 1e-9), (1.0, 1.0 - 1e-9)):
        density = CoolProp.PropsSI("D", "T", T, "Q", np.full_like(T, quality), library_name)
        assert fluid.density(T, boiling * side) == pytest.approx(density, rel=2e-4)
    with pytest.raises(ValueError, match=f"{name} at .* is at saturation"):
        fluid.density(T[5], boiling[5])


def test_properties_agree_with_each_other():
    water = working_fluid("water")
    T, p = np.linspace(280.0, 600.0, 30), 3e7
    slope = (water.enthalpy(T + 0.1, p) - water.enthalpy(T - 0.1, p)) / 0.2
    assert slope == pytest.approx(water.specific_heat(T, p), rel=1e-5)
    growth = -np.log(water.density(T + 0.1, p) / water.density(T - 0.1, p)) / 0.2
    assert growth == pytest.approx(water.expansion(T, p), rel=1e-4, abs=2e-7)


@settings(max_examples=50, deadline=None)
@given(st.floats(260.0, 620.0), st.floats(1e4, 6e6), st.floats(1.01, 1.5))
def test_carbon_dioxide_gets_denser_with_pressure(kelvin, pascal, rise):
    fluid = working_fluid("CO2")
    low = pascal
    if kelvin < 0.98 * fluid.table.critical[0]:
        low = pascal * 1.0000001 if pascal == fluid.saturation_pressure(kelvin) else pascal
    high = max(low * rise, 8.6e6)
    assert fluid.density(kelvin, low) < fluid.density(kelvin, high)


def test_shapes_broadcast():
    air = working_fluid("air")
    density = air.density(np.array([[300.0], [400.0]]), np.array([1e5, 1e6, 1e7]))
    assert density.shape == (2, 3)
    assert density[1, 2] == air.density(400.0, 1e7)
    assert air.density(np.empty(0), np.empty(0)).shape == (0,)
    assert density[0, 0] == pytest.approx(1e5 / 287.05 / 300.0, rel=1e-3)


@pytest.mark.parametrize(
    ("name", "kelvin", "pascal", "words"),
    [
        ("water", 900.0, 1e7, r"temperature of water must lie in 273.16..800, got 900"),
        ("water", 300.0, 2e8, r"pressure of water must lie in 0..1e\+08, got 200000000"),
        ("CO2", 305.0, 7.5e6, r"CO2 at 305 K and 7.5e\+06 Pa is too near the critical point"),
        ("CO2", np.nan, 1e7, r"temperature of CO2"),
        ("air", 300.0, 0.0, r"air at 300 K and 0 Pa: pressure must be positive"),
        ("air", 300.0, -1.0, r"pressure of air"),
    ],
)
def test_states_that_are_refused(name, kelvin, pascal, words):
    with pytest.raises(ValueError, match=words):
        working_fluid(name).density(kelvin, pascal)


def test_fluids_that_are_refused():
    with pytest.raises(ValueError, match="give one of water, air"):
        working_fluid("phlogiston")
    with pytest.raises(ValueError, match="phlogiston cannot be tabulated"):
        working_fluid("phlogiston", NITROGEN)
    with pytest.raises(ValueError, match="rising range"):
        working_fluid("water", FluidRange(400.0, 300.0, 1e8))
    with pytest.raises(ValueError, match=r"highest pressure must be above 2.5\d+e\+07"):
        working_fluid("water", FluidRange(300.0, 400.0, 1e6))
    with pytest.raises(ValueError, match=r"Viscosity model is not available"):
        working_fluid("R1233zd(E)", FluidRange(280.0, 400.0, 1e7))
    with pytest.raises(ValueError, match="air does not boil at 220 K"):
        working_fluid("air").saturation_pressure(230.0)
    with pytest.raises(ValueError, match="temperature of boiling CO2"):
        working_fluid("CO2").saturation_pressure(303.0)


def test_other_fluids_come_with_a_range():
    nitrogen = working_fluid("Nitrogen", NITROGEN)
    exact = CoolProp.PropsSI("D", "T", 333.0, "P", 5.5e6, "Nitrogen")
    assert nitrogen.density(333.0, 5.5e6) == pytest.approx(exact, rel=1e-6)
    assert working_fluid("Nitrogen", NITROGEN) is nitrogen


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("COMINE_CACHE", str(tmp_path))
    return tmp_path / "fluids"


def same(table, other):
    return all(np.array_equal(a, b) for a, b in zip(table.layers, other.layers, strict=True))


def refuse(name, span):
    raise AssertionError("built although it is on the disk")


def test_tables_are_kept_on_disk(folder):
    built = cached_table("Nitrogen", NITROGEN, build_table)
    assert [path.suffix for path in folder.iterdir()] == [".npz"]
    read = cached_table("Nitrogen", NITROGEN, refuse)
    assert same(built, read)
    assert read.critical == built.critical
    assert np.array_equal(read.saturation, built.saturation)
    with pytest.raises(AssertionError):
        cached_table("Nitrogen", NITROGEN._replace(hottest=410.0), refuse)
    with pytest.raises(AssertionError):
        cached_table("Argon", NITROGEN, refuse)


def test_damaged_files_are_built_anew(folder):
    built = cached_table("Nitrogen", NITROGEN, build_table)
    (path,) = folder.iterdir()
    whole, random = path.read_bytes(), np.random.default_rng(5)
    damaged = [b"", b"PK", b"not a table", whole[:1000], whole[:-30]]
    for _ in range(20):
        flipped = bytearray(whole)
        place = int(random.integers(len(whole) - 3000, len(whole)))
        flipped[place] ^= int(random.integers(1, 256))
        damaged.append(bytes(flipped))
    for content in damaged:
        path.write_bytes(content)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ResourceWarning)
            assert same(cached_table("Nitrogen", NITROGEN, lambda name, span: built), built)
    path.write_bytes(b"not a table")
    cached_table("Nitrogen", NITROGEN, lambda name, span: built)
    assert same(cached_table("Nitrogen", NITROGEN, refuse), built)


def test_folders_that_cannot_be_written_do_no_harm(folder):
    folder.parent.joinpath("fluids").write_text("a file where the folder should be")
    table = cached_table("Nitrogen", NITROGEN, build_table)
    assert len(table.layers) == 3
    assert OSError in UNREADABLE


@pytest.mark.parametrize(
    ("platform", "variables", "end"),
    [
        ("linux", {"XDG_CACHE_HOME": "/here"}, "here/comine/fluids"),
        ("linux", {"HOME": "/me"}, "me/.cache/comine/fluids"),
        ("darwin", {"HOME": "/me"}, "me/Library/Caches/comine/fluids"),
        ("win32", {"LOCALAPPDATA": "/local"}, "local/comine/fluids"),
    ],
)
def test_the_folder_is_the_users(monkeypatch, platform, variables, end):
    for name in ("COMINE_CACHE", "XDG_CACHE_HOME", "LOCALAPPDATA"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("sys.platform", platform)
    assert cache_folder().as_posix().endswith(end)
