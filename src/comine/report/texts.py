"""Fixed texts of the page around the sections."""

from comine.report.words import Words

TEXTS = {
    "report": Words("Study report", "研究报告"),
    "subtitle": Words("Ore and heat out of the same rock", "矿产与地热资源共采研究"),
    "contents": Words("Contents", "目录"),
    "skip": Words("Skip to the report", "跳到正文"),
    "data": Words("The numbers of this chart", "本图数据"),
    "noscript": Words(
        "Charts need JavaScript; the tables under them hold the same numbers.",
        "图表需要 JavaScript；其下表格含相同数据。",
    ),
    "left_out": Words(
        "Left out, because the study does not hold it: ", "本研究不含以下内容，故略去："
    ),
    "made_by": Words("Made by comine", "由 comine 生成"),
    "years": Words("years", "年"),
    "project": Words("Project", "项目"),
    "place": Words("Place", "位置"),
    "length": Words("Length of the study", "研究期"),
    "money": Words("Money", "货币"),
}

SECTION_TITLES = {
    "site": Words("Site and rock", "场址与岩体"),
    "openings": Words("Openings and schedule", "井巷与进度"),
    "underground": Words("Underground, over decades", "井下数十年的变化"),
    "ground": Words("Ground", "地压"),
    "use": Words("Use of the heat", "热利用"),
    "money": Words("Money", "经济"),
    "ledger": Words("Energy ledger", "能量账"),
}
"""Titles of the sections that a study may lack."""
