"""Front ends: one folder a language, text → `FileFacts`; none knows another, nor any other file."""
