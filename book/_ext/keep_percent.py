"""A number and its per cent sign stay on one line.

In the sources a common space stands between them, and many numbers come from results: only in the
finished page do the two stand side by side.
"""

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform


class KeepPercent(SphinxPostTransform):
    default_priority = 900  # all numbers are in their places

    def run(self, **kwargs):
        for text in list(self.document.findall(nodes.Text)):
            if " %" in text and not isinstance(text.parent, nodes.FixedTextElement | nodes.literal):
                text.parent.replace(text, nodes.Text(text.replace(" %", "\u00a0%")))


def setup(app):
    app.add_post_transform(KeepPercent)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
