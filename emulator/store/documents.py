"""JSON as columns keep it: compact, and found by its text, so everyone writes it alike."""

import json

text = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
