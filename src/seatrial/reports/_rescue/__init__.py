"""A rescue plan in the formats that people read: text, Markdown and one HTML file. Pure."""
