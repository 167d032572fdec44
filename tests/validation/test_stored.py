"""Tables that are kept are what the code still gives, place by place."""

from validation.skin_planes import anywhere, parallel
from validation.skins import error_of_skin, greatest, steady_index
from validation.stored import modules, stored


def test_all_tables_are_full():
    assert modules() == ["skin_planes", "skins"]
    for table in (each for module in modules() for each in stored(module).values()):
        assert all(len(row) == len(table.heads) for row in table.rows.values())
        assert table.markdown().count("\n") == len(table.rows) + 1


def test_an_opening_in_its_cell():
    table = stored("skins")["openings"]
    place = table.heads.index("5")
    assert table.rows["skin, reach of 2.5 cells"][place] == greatest(error_of_skin(2.0, 10.0))
    assert table.rows["steady index"][place] == greatest(steady_index(2.0, 10.0))


def test_a_fracture_in_its_cells():
    tables = stored("skin_planes")
    place = tables["endless"].heads.index("20")
    assert tables["endless"].rows["skin, reach of 2.5 cells"][place] == anywhere(20.0)
    place = tables["pairs"].heads.index("20")
    assert tables["pairs"].rows["felt directly"][place] == parallel(20.0, True)
