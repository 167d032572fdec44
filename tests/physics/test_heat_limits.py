import pytest

from comine.physics.heat_limits import LIMITS, classify
from tests.cases import case, load_case

ZERO = 273.15
KLIMA = {
    "unrestricted": None,
    "6 h (db>28, ET<=29)": ("dry_bulb", "at most 6 h a shift"),
    "6 h (ET 25-29)": ("effective_temperature", "at most 6 h a shift"),
    "5 h (ET 29-30)": ("effective_temperature", "at most 5 h a shift"),
    "not allowed without derogation (ET>30)": (
        "effective_temperature",
        "not allowed without derogation",
    ),
}
CHINA = {"shorten shift (>26)": "shorten the shift", "stop (>30)": "stop work"}


@case("ventilation/23_legal_limit_classification")
def test_which_limit_is_broken_where():
    data = load_case("ventilation/23_legal_limit_classification")
    expected = data["expected"]
    for state in data["inputs"]["states"]:
        name = state["id"]
        readings = {
            "dry_bulb": ZERO + state["db"],
            "wet_bulb": ZERO + state["wb"],
            "effective_temperature": ZERO + state["et"],
        }
        west = [limit.consequence for limit in classify("western-australia", readings)]
        assert (west == ["manage heat stress"]) is expected["WA_heat_management_required"][name]
        queensland = {limit.consequence for limit in classify("queensland-coal", readings)}
        assert ("stop work" in queensland) is expected["Qld_coal_stop_ET_over_29p4"][name]
        german = classify("germany", readings)
        governing = (german[0].reading, german[0].consequence) if german else None
        assert governing == KLIMA[expected["KlimaBergV_hours"][name]]
        face = classify("china-coal-face", readings)
        assert face[0].consequence == CHINA[expected["China_coal_face"][name]]


def test_strictest_limit_comes_first():
    for limits in LIMITS.values():
        for reading in {limit.reading for limit in limits}:
            thresholds = [limit.threshold for limit in limits if limit.reading == reading]
            assert thresholds == sorted(thresholds, reverse=True)


def test_limits_at_their_threshold():
    assert classify("western-australia", {"wet_bulb": ZERO + 27}) == ()
    graded = classify("china-heat-hazard", {"virgin_rock_temperature": ZERO + 37})
    assert [limit.consequence for limit in graded] == ["grade II", "grade I"]
    salt = classify("germany-salt", {"dry_bulb": ZERO + 47, "wet_bulb": ZERO + 25})
    assert salt[0].consequence == "at most 6.5 h a shift"


def test_limits_not_read_in_their_text_are_marked():
    marked = {key for key, limits in LIMITS.items() if limits[0].status == "to be verified"}
    assert marked == {"germany", "china-metal", "south-africa"}


def test_bad_input_is_named():
    with pytest.raises(ValueError, match="jurisdiction"):
        classify("atlantis", {})
    with pytest.raises(ValueError, match="effective_temperature"):
        classify("germany", {"dry_bulb": 300.0})
