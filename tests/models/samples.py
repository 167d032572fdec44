"""Parameters of one instance of each kind, written as in a project file.

A new kind needs a row here; `test_conformance.py` fails until it has one.
"""

LOG = {"columns": {"depth": (0.0, 500.0, 1500.0), "temperature": (288.0, 300.0, 325.0)}}
LAYER = {"thickness": "3 km", "conductivity": "3 W/m/K", "heat_production": "2 uW/m**3"}
SECTION = {"area": "20 m**2", "perimeter": "18 m", "friction": "0.012 kg/m**3", "wetness": "30 %"}
COMPRESSORS = {
    "supply_temperature": "12 degC",
    "condensing_temperature": "35 degC",
    "carnot_share": 0.6,
}
PLANT = COMPRESSORS | {"return_temperature": "26 degC", "pump_efficiency": 0.75}
CIRCUIT = {
    "flow": "40 kg/s",
    "inlet_temperature": "25 degC",
    "depth": "2 km",
    "pump_efficiency": 0.7,
}

SAMPLES = {
    "Geotherm": {
        "gradient": {"gradient": "25 K/km"},
        "layers": {"heat_flow": "65 mW/m**2", "layers": [LAYER]},
        "log": {"log": LOG, "gradient_below": "25 K/km"},
        "constant": {"excess": "20 K"},
    },
    "Layout": {
        "levels-and-shafts": {
            "top_level": "1000 m",
            "bottom_level": "1600 m",
            "levels": 4,
            "downcast": SECTION,
            "upcast": SECTION,
            "drift": SECTION,
            "stope": SECTION,
            "crosscut": "300 m",
            "haulage": "1 km",
            "stopes": 6,
            "stope_length": "200 m",
            "return_drift": "800 m",
        },
    },
    "Mining": {
        "cut-and-fill": {
            "rate": "3 kt/day",
            "start": "3 year",
            "development": "1 year",
            "stope_life": "1 year",
        },
    },
    "Cooling": {
        "chilled-water": PLANT | {"water_temperature": "3 degC", "turbine_efficiency": 0.7},
        "ice": PLANT | {"ice_temperature": "-2 degC", "evaporating_temperature": "-10 degC"},
        "absorption": PLANT
        | {
            "water_temperature": "6 degC",
            "feeder": "three-chamber",
            "driving_temperature": "90 degC",
            "driving_heat": "2 MW",
        },
        "surface-bulk": COMPRESSORS
        | {
            "air_flow": "400 kg/s",
            "wet_bulb": "24 degC",
            "set_point": "8 degC",
            "water_temperature": "4 degC",
            "water_flow": "300 kg/s",
            "factor_of_merit": 0.7,
            "reach": "5 km",
        },
        "underground-plant": {
            "supply_temperature": "12 degC",
            "evaporating_temperature": "3 degC",
            "return_air_flow": "100 kg/s",
            "return_wet_bulb": "29 degC",
            "return_wet_bulb_limit": "42 degC",
            "return_pressure": "115 kPa",
            "tower_flow": "120 kg/s",
            "factor_of_merit": 0.6,
        },
    },
    "HeatSystem": {
        "fan-boreholes": CIRCUIT
        | {
            "roadway": "200 m",
            "roadway_area": "16 m**2",
            "ring_spacing": "20 m",
            "holes": 8,
            "hole_length": "40 m",
            "hole_diameter": "130 mm",
            "resistance": "0.1 m*K/W",
            "tube_diameter": "40 mm",
        },
        "fractured-zone": CIRCUIT
        | {
            "reached_by": "wells",
            "length": "400 m",
            "height": "200 m",
            "spacing": "20 m",
            "fractures": 20,
            "swept_share": 0.5,
            "aperture": "0.5 mm",
            "bore_diameter": "160 mm",
        },
    },
    "Sink": {
        "district-heat": {
            "peak": "5 MW",
            "supply_temperature": "60 degC",
            "network_return": "40 degC",
        },
        "absorption-cooling": {},
        "orc": {},
    },
    "Finance": {
        "discounted-cash-flow": {
            "discount_rate": 0.08,
            "tax_rate": 0.25,
            "depreciation_years": 10,
            "heat_price": "25 CNY/GJ",
            "power_price": "0.6 CNY/kW/hour",
            "mining_cost": "200 CNY/t",
            "processing_cost": "80 CNY/t",
            "drift_cost": "12 kCNY/m",
            "heat_plant_cost": "800 CNY/kW",
        },
    },
}
