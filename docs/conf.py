"""How Sphinx builds these pages: Markdown in, nothing fetched from the network."""

from importlib.metadata import version as installed_version

project = "floorbroker"
author = "The floorbroker authors"
copyright = "2026, The floorbroker authors"
version = release = installed_version("floorbroker")

extensions = ["myst_parser"]
source_suffix = {".md": "markdown"}
exclude_patterns = ["_build"]

myst_enable_extensions = ["colon_fence", "deflist", "fieldlist"]
myst_heading_anchors = 3

html_theme = "furo"
html_title = "floorbroker"
