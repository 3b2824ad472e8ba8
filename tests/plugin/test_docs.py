"""What docs/testing.md shows works: its blocks are the files of a project."""

import re
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[2] / "docs" / "testing.md"
BLOCK = re.compile(r"^```python\n# (\S+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
DJANGO = "import django.conf\n\ndjango.conf.settings.configure()\n"


def test_the_projects_of_the_page_pass(pytester: pytest.Pytester) -> None:
    text = PAGE.read_text()
    files = dict(BLOCK.findall(text))
    assert len(files) == text.count("```python")
    for name, content in files.items():
        path = pytester.path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(content)
    (pytester.path / "tests" / "conftest.py").write_text(DJANGO)
    (pytester.path / "webhooks" / "test_it.py").write_text("def test_it(ses_emulator, ses_account): pass")
    pytester.makeini("[pytest]\npythonpath = .")
    tests = len(re.findall(r"^ *def test_", text, re.MULTILINE))
    pytester.runpytest_subprocess("-p", "no:cacheprovider").assert_outcomes(passed=tests + 1)
    assert pytester.runpython(pytester.path / "script.py").ret == 0
