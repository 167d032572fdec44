import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comine.physics.heat_limit_table import COLUMNS, read_limits
from comine.physics.heat_limits import LIMITS, classify, govern
from comine.physics.workplace import heat_readings
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
            of_one = [limit for limit in limits if limit.reading == reading]
            thresholds = [limit.threshold for limit in of_one]
            below = of_one[0].exceeded == "below"
            assert thresholds == sorted(thresholds, reverse=not below)


def test_limits_at_their_threshold():
    assert classify("western-australia", {"wet_bulb": ZERO + 27}) == ()
    graded = classify("china-heat-hazard", {"virgin_rock_temperature": ZERO + 37})
    assert [limit.consequence for limit in graded] == ["grade II", "grade I"]
    salt = classify("germany-salt", {"dry_bulb": ZERO + 47, "wet_bulb": ZERO + 25})
    assert salt[0].consequence == "at most 6.5 h a shift"


def test_limits_not_read_in_their_text_are_marked():
    marked = {key for key, limits in LIMITS.items() if limits[0].status == "to be verified"}
    iso = {"iso-7243-acclimatised", "iso-7243-unacclimatised"}
    wbgt = {f"china-wbgt-class-{number}" for number in (1, 2, 3, 4)}
    assert marked == {"china-metal", "south-africa", "thermal-work-limit"} | iso | wbgt


def test_the_shipped_table_cannot_be_changed():
    with pytest.raises(TypeError):
        LIMITS["germany"] = ()
    with pytest.raises(AttributeError):
        LIMITS["germany"][0].threshold = 0.0


def test_allowed_times_of_the_german_regulation():
    """The words of s. 3 and 4: 28 C dry; 25, 29 and 30 C effective; 6, 5 and no hours."""
    dry = ZERO + np.array([27.0, 29.0, 27.0, 35.0, 35.0])
    effective = ZERO + np.array([24.0, 24.0, 26.0, 29.5, 30.5])
    verdict = govern("germany", {"dry_bulb": dry, "effective_temperature": effective})
    np.testing.assert_array_equal(verdict.allowed_time / 3600.0, [8.0, 6.0, 6.0, 5.0, 0.0])
    np.testing.assert_array_equal(verdict.restricted, [False, True, True, True, True])
    assert [verdict.limits[n].reading for n in verdict.governing[1:]] == [
        "dry_bulb",
        *["effective_temperature"] * 3,
    ]
    assert verdict.verified.all()


def test_the_status_is_that_of_the_limit_that_governs():
    readings = {"wet_bulb": ZERO + np.array([[25.0], [33.0]]), "dry_bulb": ZERO + 30.0}
    verdict = govern("south-africa", readings)
    assert verdict.exceeded.shape == (3, 2, 1)
    assert not verdict.verified.any()
    assert govern("western-australia", {"wet_bulb": ZERO + 28.0}).verified
    assert govern("western-australia", {"wet_bulb": ZERO + 20.0}).verified


def test_a_shift_shorter_than_the_limit_stays():
    verdict = govern("germany-salt", {"dry_bulb": ZERO + 30, "wet_bulb": 290.0}, shift=6 * 3600.0)
    assert verdict.restricted
    assert verdict.allowed_time == 6 * 3600.0


def test_wbgt_limits_follow_the_metabolic_rate():
    rates = np.array([115.0, 125.0, 180.0, 300.0, 415.0, 520.0])
    for key, limits in {
        "iso-7243-acclimatised": [33.0, 33.0, 30.0, 28.0, 26.0, 25.0],
        "iso-7243-unacclimatised": [32.0, 32.0, 29.0, 26.0, 23.0, 20.0],
    }.items():
        for step in (0.0, 0.01):
            heat = ZERO + np.array(limits) + step
            verdict = govern(key, {"wet_bulb_globe": heat, "metabolic_rate": rates})
            assert (verdict.restricted == (step > 0.0)).all()
            assert (verdict.exceeded.sum(axis=0) == (step > 0.0)).all()


def test_chinese_wbgt_limits_keep_to_the_words_of_their_standard():
    """25 C for class IV all shift; 1 or 2 K more for each class down and each quarter less."""
    table = np.array(
        [[e.threshold for e in LIMITS[f"china-wbgt-class-{n}"][::-1]] for n in (4, 3, 2, 1)]
    )
    assert table[0, 0] == ZERO + 25.0
    for axis in (0, 1):
        steps = np.diff(table, axis=axis)
        assert ((steps == 1.0) | (steps == 2.0)).all()
    hours = govern("china-wbgt-class-4", {"wet_bulb_globe": ZERO + np.arange(25.0, 32.0)})
    np.testing.assert_array_equal(hours.allowed_time / 3600.0, [8, 6, 4, 4, 2, 2, 0])


def test_zones_of_the_thermal_work_limit():
    zones = [
        [each.consequence for each in classify("thermal-work-limit", {"thermal_work_limit": rate})]
        for rate in (230.0, 220.0, 200.0, 130.0, 100.0)
    ]
    assert [len(zone) for zone in zones] == [0, 0, 1, 2, 3]
    assert zones[-1][0] == "withdraw"


KEYS = st.sampled_from(sorted(set(LIMITS) - {"china-heat-hazard"}))


@settings(max_examples=50, deadline=None)
@given(KEYS, st.floats(20, 32), st.floats(0.5, 8), st.floats(0.2, 2), st.floats(0.1, 3))
def test_hotter_is_never_longer_allowed(key, wet, depression, speed, step):
    """Nor is it less restricted; more wind only helps in air cooler than skin."""

    def judged(warmer, faster=0.0):
        dry = ZERO + wet + depression + warmer
        readings = heat_readings(dry, ZERO + wet + warmer, dry, speed + faster, 1.1e5)
        given_too = {"effective_temperature": ZERO + wet + warmer, "metabolic_rate": 300.0}
        return govern(key, readings | given_too)

    cool, hot = judged(0.0), judged(step)
    assert hot.allowed_time <= cool.allowed_time
    assert (hot.exceeded >= cool.exceeded).all()
    if wet + depression < 35.0:
        windy = judged(0.0, step)
        assert windy.allowed_time >= cool.allowed_time
        assert (windy.exceeded <= cool.exceeded).all()


HEAD = ",".join(COLUMNS)


def test_all_faults_of_a_table_are_named_at_once():
    rows = [
        "here,wet_bulb,above,27,degC,,,manage,,r. 1,verified",
        "here,wet_bulb,above,28,degC,,,stop,0,r. 1,verified",
        ",humidity,over,warm,degF,300,200,,30,,read",
        "there,thermal_work_limit,above,115,degC,,,withdraw,0,r. 2,verified",
        "there,wet_bulb,below,27,degC,,,manage,,r. 3",
        "late,dry_bulb,above,30,degC,,,six,6,r. 4,verified",
        "late,wet_bulb,above,30,degC,,,five,5,r. 4,verified",
    ]
    with pytest.raises(ValueError, match="table of heat limits") as caught:
        read_limits("\n".join([HEAD, *rows]))
    text = str(caught.value)
    for fault in (
        "here: wet_bulb must run from the strictest",
        "line 4: reading must be",
        "line 4: exceeded must be",
        "line 4: status must be",
        "line 4: jurisdiction is empty",
        "line 4: consequence is empty",
        "line 4: source is empty",
        "line 4: unit of humidity must be degC, got 'degF'",
        "line 4: allowed time [h] must be a number in 0..24, got '30'",
        "line 4: work above 300 W and to 200 W is no range",
        "line 4: threshold must be a number in 0..1000, got 'warm'",
        "line 5: unit of thermal_work_limit must be W/m2",
        "line 5: thermal_work_limit cannot be too much above",
        "line 6: 10 cells; give 11",
        "late: allowed times must run from the shortest up",
    ):
        assert fault in text


@pytest.mark.parametrize("text", ["", "jurisdiction,reading\na,b"])
def test_a_table_without_its_columns_is_refused(text):
    with pytest.raises(ValueError, match="line 1: the columns must be jurisdiction, reading"):
        read_limits(text)


def test_bad_input_is_named():
    with pytest.raises(ValueError, match="jurisdiction"):
        classify("atlantis", {})
    with pytest.raises(ValueError, match="effective_temperature"):
        classify("germany", {"dry_bulb": 300.0})
    with pytest.raises(ValueError, match="metabolic_rate"):
        govern("iso-7243-acclimatised", {"wet_bulb_globe": 300.0})
    with pytest.raises(ValueError, match="wet_bulb"):
        govern("western-australia", {"wet_bulb": [300.0, np.nan]})
    with pytest.raises(ValueError, match="shift"):
        govern("western-australia", {"wet_bulb": 300.0}, shift=0.0)
