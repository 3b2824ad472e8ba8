"""The files of a seed: what names what, from where, and circles."""

from pathlib import Path

import pytest

from emulator.seed import files
from emulator.seed.flaws import SeedError


def write(folder: Path, **texts: str) -> str:
    """The name of the seed among files in a folder; `__` stands for a folder, `_` for the dot."""
    for name, text in texts.items():
        path = folder / name.replace("__", "/").replace("_", ".")
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    return (folder / "seed.yaml").as_posix()


def flaws(name: str) -> list[str]:
    with pytest.raises(SeedError) as caught:
        files.load(name, files.from_disk)
    return str(caught.value).replace(f"{Path(name).parent.as_posix()}/", "").splitlines()


def test_included_files_come_first_and_once(tmp_path: Path) -> None:
    name = write(
        tmp_path,
        seed_yaml="include: [parts/b.yaml, c.toml]\nidentities: [a.example]",
        parts__b_yaml="include: ../d.json\nidentities: [b.example]",
        c_toml='include = "d.json"\nidentities = ["c.example"]',
        d_json='{"identities": ["d.example"]}',
    )
    loaded = files.load(name, files.from_disk)
    assert [each.identities[0].identity for each in loaded.seeds] == [
        "d.example",
        "b.example",
        "c.example",
        "a.example",
    ]
    assert list(loaded.texts) == [
        f"{tmp_path.as_posix()}/{each}" for each in ("seed.yaml", "parts/b.yaml", "d.json", "c.toml")
    ]


def test_files_that_include_each_other_are_told(tmp_path: Path) -> None:
    name = write(
        tmp_path,
        seed_yaml="include: b.yaml",
        b_yaml="identities: []\ninclude:\n  - c.yaml",
        c_yaml="include: [seed.yaml, c.yaml]",
    )
    assert flaws(name) == [
        "c.yaml:1: include[0]: the files include each other: seed.yaml -> b.yaml -> c.yaml -> seed.yaml",
        "c.yaml:1: include[1]: the files include each other: c.yaml -> c.yaml",
    ]


def test_what_is_wrong_is_told_of_the_file_where_it_stands(tmp_path: Path) -> None:
    name = write(tmp_path, seed_yaml="include: [b.yaml]\naccount_settings: {}", b_yaml="\nidentitis: []")
    assert flaws(name) == ["b.yaml:2: identitis: there is no such key; did you mean identities?"]


def test_a_member_may_be_in_a_file_of_its_own(tmp_path: Path) -> None:
    name = write(
        tmp_path,
        seed_yaml="include: [mail/b.yaml]",
        mail__b_yaml="templates: [{name: hi, subject: Hi, html_file: hi.html, text_file: ../hi.txt}]",
        mail__hi_html="<p>ä</p>\n",
        hi_txt="Hi",
    )
    loaded = files.load(name, files.from_disk)
    (template,) = loaded.seeds[0].templates
    assert (template.html, template.text) == ("<p>ä</p>\n", "Hi")
    again = files.load(name, files.among(loaded.texts))
    assert again == loaded


@pytest.mark.parametrize(
    ("seed", "said"),
    [
        ("include: [nobody.yaml]", "seed.yaml:1: include[0]: nobody.yaml: No such file or directory"),
        ("include: [b.txt]", "seed.yaml:1: include[0]: b.txt: the name of a seed ends in .yaml, .yml, .toml, .json"),
        ("include: [latin.yaml]", "seed.yaml:1: include[0]: latin.yaml is not UTF-8"),
        ("include: [broken.yaml]", "broken.yaml:2: this is no YAML: "),
        ("templates:\n  - {name: a, subject: b, html_file: c}", "seed.yaml:2: templates[0].html_file: c: No such file"),
        (
            "templates: {a: {subject: b, html_file: b.txt, html: x}}",
            "seed.yaml:1: templates.a.html_file: is there beside html",
        ),
        ("templates: {a: {subject_file: b.txt}}", "seed.yaml:1: templates.a.subject_file: there is no such key"),
        (
            "templates: {a: {subject: b, html_file: key.pem}}",
            "seed.yaml:1: templates.a.html_file: looks like a secret; ",
        ),
    ],
)
def test_a_file_that_cannot_be_read_is_told_where_it_is_named(tmp_path: Path, seed: str, said: str) -> None:
    name = write(tmp_path, seed_yaml=seed, b_txt="x", broken_yaml="a: [", key_pem="-----BEGIN PRIVATE KEY-----")
    (tmp_path / "latin.yaml").write_bytes(b"a: \xe4")
    assert flaws(name)[0].startswith(said)


@pytest.mark.parametrize(("name", "said"), [("nobody.yaml", "No such file or directory"), ("seed", "Is a directory")])
def test_a_seed_that_is_not_there_is_told(tmp_path: Path, name: str, said: str) -> None:
    (tmp_path / "seed").mkdir()
    assert flaws((tmp_path / name).as_posix()) == [f"{name}: {said}"]


def test_what_came_along_is_all_that_there_is() -> None:
    with pytest.raises(SeedError, match="did not come along"):
        files.load("seed", files.among({"seed": "include: b.yaml"}))


def test_a_seed_has_an_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    name = write(tmp_path, seed_yaml="include: [b.yaml, c.yaml]", b_yaml="# x", c_yaml="# y")
    monkeypatch.setattr(files, "MOST_FILES", 2)
    assert flaws(name) == ["seed.yaml:1: include[1]: the seed has more than 2 files"]
    monkeypatch.setattr(files, "MOST_FILES", 3)
    monkeypatch.setattr(files, "MOST_BYTES", 28)
    assert flaws(name) == ["seed.yaml:1: include[1]: the seed has more than 28 bytes"]
