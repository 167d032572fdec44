"""What each stage gives: the glossary of the results, in SI."""

from comine.fields import Fields, Var
from comine.models.value import VALUE

ASSESS = Fields(
    temperature=Var("K", ("z",), "undisturbed rock temperature", "原岩温度"),
    temperature_2km=Var(
        "K", (), "rock temperature at 2 km", "2 km 深岩温", headline=True, optional=True
    ),
    gradient=Var(
        "K/m", (), "mean gradient down to the block's bottom", "平均地温梯度", headline=True
    ),
    depth_150=Var("m", (), "depth of the 150 °C isotherm", "150 ℃ 等温面埋深", optional=True),
    depth_200=Var("m", (), "depth of the 200 °C isotherm", "200 ℃ 等温面埋深", optional=True),
    block_temperature=Var("K", (), "mean rock temperature of the block", "块体平均岩温"),
    reference_temperature=Var("K", (), "temperature down to which heat is counted", "计算基准温度"),
    heat_in_place=Var("J", (), "heat in place in the block", "块体热储量", headline=True),
    recoverable_heat=Var("J", (), "recoverable heat of the block", "可采热量", headline=True),
    ore_tonnage=Var("kg", (), "ore", "矿石量", optional=True),
    ore_grade=Var("1", (), "metal in the ore", "品位", optional=True),
    metal=Var("kg", (), "metal in the ore, in place", "金属量", optional=True),
    score_low=Var("1", (), "site score if all unknown indicators are poor", "选址得分下限"),
    score_mid=Var("1", (), "site score if all unknown indicators are medium", "选址得分中值"),
    score_high=Var("1", (), "site score if all unknown indicators are good", "选址得分上限"),
    score_coverage=Var("1", (), "weight of the known indicators", "已知指标权重"),
    indicator_name=Var("", ("criterion",), "indicator", "指标"),
    indicator_name_zh=Var("", ("criterion",), "indicator in Chinese", "指标中文名"),
    indicator_weight=Var("1", ("criterion",), "composite weight", "组合权重"),
    indicator_low=Var("1", ("criterion",), "grade, lowest possible", "赋值下限"),
    indicator_high=Var("1", ("criterion",), "grade, highest possible", "赋值上限"),
    indicator_value=Var("", ("criterion",), "value with unit", "指标值"),
    indicator_origin=Var("", ("criterion",), "typed, computed or unknown", "来源"),
    contradictions=Var("", (), "typed values that physics contradicts", "与计算矛盾之处"),
)

BUILD = Fields(
    node_x=Var("m", ("node",), "position along strike", "走向坐标"),
    node_y=Var("m", ("node",), "position across strike", "横向坐标"),
    node_depth=Var("m", ("node",), "depth", "深度"),
    branch_start=Var("1", ("branch",), "number of the start node", "始节点"),
    branch_end=Var("1", ("branch",), "number of the end node", "末节点"),
    branch_part=Var("", ("branch",), "shaft, drift, stope, borehole, well or fracture", "巷道类型"),
    branch_medium=Var("", ("branch",), "fluid in it", "介质"),
    branch_system=Var("", ("branch",), "heat system it belongs to", "所属取热系统"),
    branch_length=Var("m", ("branch",), "length", "长度"),
    branch_area=Var("m**2", ("branch",), "cross-section", "断面积"),
    branch_count=Var("1", ("branch",), "equal openings side by side", "并列数"),
    branch_opened=Var("1", ("branch",), "month from which it is open", "开通月"),
    branch_closed=Var("1", ("branch",), "month from which it is filled or sealed", "封闭月"),
    rock_temperature=Var("K", ("branch",), "undisturbed rock at its middle", "原岩温度"),
    shaft_length=Var("m", (), "shafts", "竖井长度", optional=True),
    drift_length=Var("m", (), "drifts of the mine", "采矿巷道长度", optional=True),
    ore_mined=Var("kg", ("year",), "ore mined", "年采矿量", optional=True),
    ore_by_level=Var("kg", ("year", "z"), "ore mined by level", "分中段采矿量", optional=True),
    roadway_length=Var("m", ("system",), "roadway driven for heat", "取热巷道长度", optional=True),
    borehole_length=Var(
        "m", ("system",), "holes drilled from roadways", "取热钻孔长度", optional=True
    ),
    well_length=Var(
        "m", ("system",), "wells drilled from the surface", "地面钻井长度", optional=True
    ),
    well_count=Var("1", ("system",), "wells from the surface", "地面钻井数", optional=True),
    exchange_area=Var("m**2", ("system",), "rock face that gives heat", "换热面积", optional=True),
    rock_volume=Var(
        "m**3", ("system",), "rock that the system cools", "取热岩体体积", optional=True
    ),
)

OPERATE_MINE = Fields(
    air_flow=Var(
        "kg/s", ("month", "branch"), "dry air, all parallel openings", "风量", optional=True
    ),
    dry_bulb=Var(
        "K", ("month", "branch"), "dry bulb at the end", "末端干球温度", optional=True, gaps=True
    ),
    wet_bulb=Var(
        "K", ("month", "branch"), "wet bulb at the end", "末端湿球温度", optional=True, gaps=True
    ),
    wall_temperature=Var(
        "K",
        ("year", "z"),
        "haulage wall at the year's end",
        "运输巷岩壁温度",
        optional=True,
        gaps=True,
    ),
    reject_wet_bulb=Var(
        "K",
        ("month", "z"),
        "wet bulb where air leaves the stopes",
        "采场出风湿球温度",
        optional=True,
        gaps=True,
    ),
    uncooled_wet_bulb=Var(
        "K",
        ("month", "z"),
        "the same if refrigeration stood still that month",
        "假定当月停止制冷时采场出风湿球温度",
        optional=True,
        gaps=True,
    ),
    level_cooling=Var(
        "W", ("month", "z"), "refrigeration delivered on the level", "中段制冷量", optional=True
    ),
    cooling=Var("W", ("month",), "refrigeration delivered", "制冷量", optional=True),
    refrigeration_power=Var(
        "W", ("month",), "electric power of plant and water column", "制冷耗电功率", optional=True
    ),
    refrigeration_heat=Var(
        "W", ("month",), "heat that the plant rejects", "冷凝排热", optional=True
    ),
    coolant_flow=Var(
        "kg/s", ("month",), "chilled water or ice sent down", "冷媒流量", optional=True
    ),
    fan_power=Var("W", ("month",), "main fan", "主扇功率", optional=True),
    load_strata=Var(
        "W", ("month",), "heat of the rock walls, collar to stope exit", "围岩散热", optional=True
    ),
    load_compression=Var(
        "W", ("month",), "auto-compression, collar to stope exit", "自压缩热", optional=True
    ),
    load_machines=Var("W", ("month",), "machines", "机电设备热", optional=True),
    load_broken_rock=Var("W", ("month",), "broken ore", "崩落矿石散热", optional=True),
    load_water=Var(
        "W", ("month",), "fissure water and enthalpy of evaporated water", "水散热", optional=True
    ),
    load_air=Var(
        "W",
        ("month",),
        "heat carried out at the stope exits above the intake's",
        "风流带走热量",
        optional=True,
    ),
    strata_share=Var(
        "1",
        (),
        "share of strata heat in the load, over life",
        "围岩散热占比",
        headline=True,
        optional=True,
    ),
    compression_share=Var(
        "1", (), "share of auto-compression", "自压缩热占比", headline=True, optional=True
    ),
    machine_share=Var(
        "1",
        (),
        "share of machines and broken ore",
        "机电与矿石散热占比",
        headline=True,
        optional=True,
    ),
    water_share=Var("1", (), "share of water", "水散热占比", headline=True, optional=True),
    peak_cooling=Var(
        "W",
        (),
        "greatest refrigeration delivered, mean of a month",
        "最大制冷量（月均）",
        headline=True,
        optional=True,
    ),
    cooling_energy=Var(
        "J", (), "refrigeration delivered over life", "全期制冷量", headline=True, optional=True
    ),
    limit_held=Var(
        "1",
        (),
        "share of level-months within the wet-bulb limit",
        "达标率",
        headline=True,
        optional=True,
    ),
)

OPERATE_HEAT = Fields(
    system_flow=Var("kg/s", ("system",), "water circulated", "循环水量", optional=True),
    inlet_temperature=Var("K", ("system",), "water sent down", "注入温度", optional=True),
    source_temperature=Var(
        "K", ("system",), "undisturbed rock of the system", "取热区原岩温度", optional=True
    ),
    outlet_temperature=Var(
        "K", ("month", "system"), "water at the surface", "地面出水温度", optional=True
    ),
    heat_power=Var(
        "W",
        ("month", "system"),
        "heat at the surface above the water sent down",
        "取热功率",
        optional=True,
    ),
    rock_heat=Var(
        "W", ("month", "system"), "heat taken from the rock", "岩体供热功率", optional=True
    ),
    pump_power=Var("W", ("month", "system"), "pumps", "泵功率", optional=True),
    mean_heat_power=Var(
        "W",
        (),
        "heat at the surface, mean of the life",
        "平均取热功率",
        headline=True,
        optional=True,
    ),
    first_outlet=Var(
        "K",
        (),
        "water at the surface, first year, hottest system",
        "首年出水温度",
        headline=True,
        optional=True,
    ),
    last_outlet=Var(
        "K",
        (),
        "water at the surface, last year, hottest system",
        "末年出水温度",
        headline=True,
        optional=True,
    ),
)

OPERATE_ROCK = Fields(
    rock_cells=Var("1", (), "cells of the rock", "岩体网格单元数"),
    section_y=Var("m", (), "place across strike of the section", "剖面横向坐标"),
    section_temperature=Var(
        "K",
        ("snapshot", "section_z", "section_x"),
        "rock temperature in a section along strike, at the end of some years",
        "走向剖面岩温（若干年末）",
    ),
    section_departure=Var(
        "K",
        ("snapshot", "section_z", "section_x"),
        "change of the rock temperature since the first opening",
        "相对原岩的温度变化",
    ),
    rock_cooling=Var(
        "K",
        ("year", "branch"),
        "fall of the rock temperature that a branch meets beyond its own skin",
        "巷道外围岩体降温",
        gaps=True,
    ),
)

LEDGER = Fields(
    ledger=Var(
        "J", ("component",), "energy into the control volume over life; out is negative", "能量收支"
    ),
    ledger_group=Var("", ("component",), "control volume", "控制体"),
    ledger_residual=Var(
        "1", (), "greatest residual over the energy exchanged", "能量闭合残差", headline=True
    ),
)

GROUND = Fields(
    vertical_stress=Var("Pa", ("z",), "vertical in-situ stress", "垂直应力", optional=True),
    major_stress=Var(
        "Pa", ("z",), "greatest horizontal in-situ stress", "最大水平应力", optional=True
    ),
    minor_stress=Var(
        "Pa", ("z",), "least horizontal in-situ stress", "最小水平应力", optional=True
    ),
    wall_stress=Var(
        "Pa",
        ("year", "z"),
        "greatest wall stress, with temperature",
        "巷壁最大切向应力",
        optional=True,
        gaps=True,
    ),
    thermal_stress=Var(
        "Pa",
        ("year", "z"),
        "thermal part at the wall; cooling relieves",
        "温度应力",
        optional=True,
        gaps=True,
    ),
    worst_drift=Var(
        "",
        ("z",),
        "drift direction with the greatest wall stress",
        "最不利巷道走向",
        optional=True,
    ),
    burst_class=Var(
        "1",
        ("criterion", "year", "z"),
        "0 none, 1 weak, 2 moderate, 3 strong",
        "岩爆等级",
        optional=True,
        gaps=True,
    ),
    burst_votes=Var(
        "1",
        ("year", "z"),
        "criteria that say moderate or strong",
        "判为中等以上的判据数",
        optional=True,
        gaps=True,
    ),
    worst_votes=Var(
        "1",
        (),
        "most criteria that say moderate or strong, of all",
        "最不利岩爆票数",
        headline=True,
        optional=True,
    ),
    zone_stress=Var(
        "Pa",
        ("system",),
        "thermal stress in the rock cooled by the system, at the end",
        "取热岩体温度应力",
        optional=True,
    ),
    breakdown_pressure=Var(
        "Pa", ("system",), "breakdown pressure at the system's depth", "破裂压力", optional=True
    ),
)

USE = Fields(
    demand=Var("W", ("month", "sink"), "wanted", "需求", optional=True),
    delivered=Var("W", ("month", "sink"), "heat, cold or power delivered", "供出", optional=True),
    taken=Var("W", ("month", "sink"), "heat taken from the water", "取用热量", optional=True),
    power_used=Var(
        "W", ("month", "sink"), "electric power of heat pumps", "热泵耗电", optional=True
    ),
    least_temperature=Var(
        "K", ("sink",), "coldest water that it can use", "最低可用温度", optional=True
    ),
    hottest_water=Var(
        "K", ("sink",), "hottest water that reaches it", "到达的最高水温", optional=True, gaps=True
    ),
    product=Var("", ("sink",), "heat, cold or power", "产品", optional=True),
    unused=Var(
        "W", ("month",), "heat at the surface that nobody takes", "未利用热量", optional=True
    ),
    heat_sold=Var("J", (), "heat delivered over life", "全期供热量", headline=True, optional=True),
    cold_made=Var("J", (), "cold delivered over life", "全期供冷量", headline=True, optional=True),
    power_sold=Var(
        "J", (), "electricity delivered over life", "全期发电量", headline=True, optional=True
    ),
    used_share=Var(
        "1",
        (),
        "share of the heat at the surface that is used",
        "热量利用率",
        headline=True,
        optional=True,
    ),
    tce_saved=Var(
        "kg",
        (),
        "coal equivalent saved by heat and power, over life",
        "节约标准煤",
        headline=True,
        optional=True,
    ),
    co2_saved=Var(
        "kg",
        (),
        "CO2 saved by heat and power, over life",
        "减排二氧化碳",
        headline=True,
        optional=True,
    ),
)

DECIDE = VALUE
