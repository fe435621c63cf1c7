"""Point the edit buttons at what a reader can edit."""


def edit_the_source(app, pagename, templatename, context, doctree):
    """A notebook's source is its text file; a figure page has none, the press writes it."""
    if pagename.startswith("notebooks/"):
        context["page_source_suffix"] = ".py"
    elif pagename.startswith("figures/"):
        context["page_source_suffix"] = ""


def setup(app):
    app.connect("html-page-context", edit_the_source, priority=100)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
