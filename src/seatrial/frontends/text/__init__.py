"""Text of any kind that is not read as code: settings, data, documents, scripts of other languages."""

from seatrial.frontends.contract import Frontend
from seatrial.frontends.text.extract import extract

FRONTEND = Frontend(
    language="text",
    suffixes=(
        ".bash", ".cfg", ".conf", ".config", ".env", ".html", ".ini", ".ipynb", ".js", ".json", ".jsx", ".key", ".md",
        ".mdx", ".mjs", ".netrc", ".npmrc", ".pem", ".properties", ".ps1", ".pypirc", ".rst", ".sh", ".tf", ".tfvars",
        ".toml", ".ts", ".tsx", ".txt", ".xml", ".yaml", ".yml",
    ),
    version="1",
    grammar="",
    extract=extract,
)  # fmt: skip
