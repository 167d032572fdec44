"""Reads the report's page back, with nothing of the report's own code."""

from html.parser import HTMLParser


class Reader(HTMLParser):
    """Collects tables (caption → rows of cells) in one language, links, ids, charts."""

    def __init__(self, language="en"):
        super().__init__()
        self.hidden = "zh" if language == "en" else "en"
        self.skip = 0
        self.tables, self.figures, self.loads, self.links, self.ids = {}, [], [], [], set()
        self.captions = []
        self.row = self.cell = self.caption = None

    def handle_starttag(self, tag, attrs):
        told = dict(attrs)
        self.ids.add(told.get("id"))
        loaded = told.get("src") or told.get("href")
        if loaded and tag != "a":
            self.loads.append(loaded)
        if tag == "a":
            self.links.append(told["href"])
        if tag == "figure":
            self.figures.append({"id": told["id"], "tables": 0, "alt": ""})
        if told.get("role") == "img":
            self.figures[-1]["alt"] = told["aria-label"]
        if tag == "table" and self.figures and not self.figures[-1].get("closed"):
            self.figures[-1]["tables"] += 1
        if tag == "caption":
            self.caption = ""
        if tag == "tr":
            self.row = []
        if tag in ("th", "td"):
            self.cell = ""
        if self.skip or told.get("class") == self.hidden:
            self.skip += tag == "span"

    def handle_endtag(self, tag):
        if tag == "span" and self.skip:
            self.skip -= 1
        if tag == "figure":
            self.figures[-1]["closed"] = True
        if tag == "caption":
            self.captions.append(self.caption)
            self.tables[self.caption] = []
            self.caption = None
        if tag in ("th", "td"):
            self.row.append(self.cell)
            self.cell = None
        if tag == "tr":
            self.tables[self.captions[-1]].append(self.row)

    def handle_data(self, data):
        if self.skip:
            return
        if self.caption is not None:
            self.caption += data
        elif self.cell is not None:
            self.cell += data


def read(page, language="en"):
    reader = Reader(language)
    reader.feed(page)
    return reader


def shown_number(cell):
    return float(cell.replace(",", "").replace("−", "-"))
