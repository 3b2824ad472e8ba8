"""The site: `make site` builds it into build/site, to be read from a disk or from any server, and needs nobody else."""

project = "ses-emulator"
author = "The ses-emulator authors"
project_copyright = author
language = "en"

extensions = ["myst_parser"]
source_suffix = {".md": "markdown"}
myst_heading_anchors = 3  # headings are linked to as on GitHub
nitpicky = True

html_theme = "furo"
html_title = "ses-emulator"
html_show_sphinx = False
html_copy_source = False
html_static_path = ["site"]
html_css_files = ["site.css"]
# Written by `make site`: the description of the inspection API, for programs.
html_extra_path = ["../build/openapi"]
