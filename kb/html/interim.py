"""Mark HTML of parts that still return plain text."""

from markupsafe import Markup

safe = Markup
