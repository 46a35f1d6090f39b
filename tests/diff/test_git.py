"""Which states are compared, and what is said where git does not have all of one."""

from __future__ import annotations

import hashlib
import os
import subprocess
from decimal import Decimal
from pathlib import Path

import pytest

from kpi_site.diff.git import GitError, find_base, repository
from tests.diff.conftest import (
    DONE_FILE,
    ORDERS,
    REVENUE_FILE,
    ROWS,
    SHOP_FILE,
    Shop,
    git,
    make_shop,
)
from tests.shell.conftest import Run, run

__all__ = ["run"]


def names(shop: Shop) -> list[str]:
    """Return what changed against the default base."""
    return [c.id for c in shop.diff().content]


def test_the_default_base_is_where_the_branch_left(shop: Shop) -> None:
    shop.git("checkout", "-q", "-b", "mine")
    shop.edit(REVENUE_FILE, "en: Revenue}", "en: Sales}")
    shop.commit()
    shop.git("checkout", "-q", "main")
    shop.edit(DONE_FILE, "en: Completion}", "en: Done}")
    shop.commit()
    shop.git("checkout", "-q", "mine")
    assert names(shop) == ["revenue"]
    assert [c.id for c in shop.diff("main").content] == ["revenue"]  # a branch: where it was left
    tip = shop.git("rev-parse", "main").strip()
    exact = shop.diff(tip)
    assert [c.id for c in exact.content] == ["done_rate", "revenue"]  # a commit: just that one
    assert exact.names.behind == 1


def test_origin_comes_first(shop: Shop, tmp_path: Path) -> None:
    git(tmp_path, "clone", "-q", str(shop.root), str(tmp_path / "clone"))
    clone = Shop(tmp_path / "clone")
    clone.edit(REVENUE_FILE, "en: Revenue}", "en: Sales}")
    clone.commit()  # on main itself, which is one ahead of origin's
    assert names(clone) == ["revenue"]
    assert find_base(repository(clone.root), None).name == "origin/HEAD"


def test_head_instead_of_the_work_tree(shop: Shop) -> None:
    shop.edit(REVENUE_FILE, "formula: sold", "formula: sold * 2")
    assert shop.diff("HEAD", head=True).empty
    shop.commit()
    shop.edit(REVENUE_FILE, "sold * 2", "sold * 3")
    old, new = (f.changes[0] for f in (shop.diff("HEAD~1", head=True).figures[0],
                                       shop.diff("HEAD~1").figures[0]))  # fmt: skip
    assert (old.new and old.new.value, new.new and new.new.value) == (Decimal(300), Decimal(450))


def test_unknown_names(shop: Shop, run: Run) -> None:
    for name in ("nowhere", "--output=x", "HEAD:content"):
        with pytest.raises(GitError):
            find_base(repository(shop.root), name)
    done = run("kpi_site", "diff", "nowhere", "--root", shop.root)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "the repository has no branch or commit 'nowhere'\n"


def test_no_repository_and_no_commit(tmp_path: Path, run: Run) -> None:
    shop = Shop(tmp_path / "bare")
    shop.write("content/site.yml", "organisation: x\n")
    done = run("kpi_site", "diff", "--root", shop.root, GIT_CEILING_DIRECTORIES=str(tmp_path))
    assert done.returncode == 2
    assert "is not in a git repository" in done.stderr
    shop.git("init", "-q")
    done = run("kpi_site", "diff", "--root", shop.root, KPI_SITE_LANG="zh")
    assert (done.returncode, done.stderr) == (2, "版本库中还没有提交\n")
    done = run("kpi_site", "diff", "--root", shop.root, PATH="/nowhere")
    assert (done.returncode, done.stderr) == (2, "git was not found: install it, then try again\n")


def test_a_site_below_the_repository(tmp_path: Path) -> None:
    shop = make_shop(tmp_path / "repo", "company/handbook")
    shop.edit("data/orders.csv", "south,50.00", "south,60.00")
    diff = shop.diff()
    assert [t.changed for t in diff.tables] == [1]
    assert diff.files.added == diff.files.removed == ()


def test_new_files_count_without_being_added(shop: Shop) -> None:
    shop.write("docs/zh/note.md", "# 注\n")
    shop.write("build/junk.md", "ignored\n")
    diff = shop.diff()
    assert diff.files.added == ("docs/zh/note.md",)
    assert diff.pages.added == ("note/",)


def test_what_the_program_makes_is_no_file_of_the_site(shop: Shop) -> None:
    (shop.root / ".gitignore").unlink()
    shop.commit()
    shop.write("build/cache/results/x.json", "{}")
    shop.write("site/index.html", "<p>")
    shop.write("notes.md", "x")
    found = shop.diff("HEAD")  # writes its own cache as well
    assert found.files.added == ("notes.md",)
    assert (shop.root / "build/cache").is_dir()


def test_ignored_facts_are_the_same_on_both_sides(shop: Shop) -> None:
    shop.git("rm", "-q", "--cached", "data/orders.csv")
    shop.write(".gitignore", "/build/\n/data/\n")
    shop.commit()
    shop.edit(REVENUE_FILE, "formula: sold", "formula: sold * 2")
    diff = shop.diff("HEAD")
    assert not diff.old.partial
    (note,) = diff.old.notes
    assert note.en.startswith("data outside version control (data/orders.csv): both sides use")
    assert diff.figures[0].changes[0].old
    assert diff.figures[0].changes[0].old.value == Decimal(150)


def test_globs_links_and_attributes(shop: Shop) -> None:
    """Facts are checked out as git would: encodings by attributes, links as links."""
    shop.write(".gitattributes", "data/part-*.csv text working-tree-encoding=GB18030\n")
    (shop.root / "data" / "orders.csv").unlink()
    for name, rows in (
        ("a", ROWS.splitlines()[:3]),
        ("b", [ROWS.splitlines()[0], "9,2026-02-01,华北,5,1"]),
    ):
        path = shop.root / "data" / f"part-{name}.csv"
        path.write_bytes(("\n".join(rows) + "\n").encode("gb18030"))
    (shop.root / "data" / "part-c.csv").write_bytes(f"{ROWS.splitlines()[0]}\n".encode())
    text = ORDERS.replace("path: data/orders.csv", 'path: "data/part-*.csv"\nencoding: gb18030')
    shop.write("content/datasets/orders.yml", text)
    shop.commit()
    diff = shop.diff("HEAD")
    assert not diff.old.partial
    assert diff.empty


def test_facts_in_large_file_storage(shop: Shop) -> None:
    digest = hashlib.sha256(ROWS.encode()).hexdigest()
    pointer = f"version https://git-lfs.github.com/spec/v1\noid sha256:{digest}\nsize {len(ROWS)}\n"
    shop.write("data/orders.csv", pointer)
    shop.commit()
    shop.write("data/orders.csv", ROWS)  # as fetched
    assert not shop.diff("HEAD").old.partial
    assert shop.diff("HEAD").figures == ()
    shop.edit("data/orders.csv", "50.00", "60.00")
    diff = shop.diff("HEAD")
    assert diff.old.partial
    assert "lies in Git LFS" in diff.old.notes[0].en
    assert diff.not_compared == ("done_rate", "revenue")
    kept = shop.root / ".git/lfs/objects" / digest[:2] / digest[2:4] / digest
    kept.parent.mkdir(parents=True)
    kept.write_text(ROWS)  # fetched
    assert [t.changed for t in shop.diff("HEAD").tables] == [1]


def test_a_submodule_is_told(shop: Shop, tmp_path: Path) -> None:
    other = tmp_path / "facts"
    other.mkdir()
    git(other, "init", "-q")
    (other / "orders.csv").write_text(ROWS)
    git(other, "add", "-A")
    git(other, "commit", "-q", "-m", "facts")
    shop.git("rm", "-q", "-r", "data")
    shop.git("-c", "protocol.file.allow=always", "submodule", "add", "-q", str(other), "data")
    shop.commit()
    diff = shop.diff("HEAD")
    assert [n.en for n in diff.old.notes] == [
        "data is a git submodule: its files are not part of the commit, and cannot be compared"
    ]
    assert diff.old.partial


def test_a_base_with_errors(shop: Shop, run: Run) -> None:
    shop.edit(DONE_FILE, "formula: done / orders", "formula: done / ordres")
    shop.commit()
    shop.edit(DONE_FILE, "ordres", "orders")
    shop.edit(REVENUE_FILE, "formula: sold", "formula: sold * 2")
    diff = shop.diff("HEAD")
    assert (diff.old.partial, diff.new.partial) == (True, False)
    assert [f.indicator for f in diff.figures] == ["revenue"]
    assert diff.not_compared == ("done_rate",)
    assert diff.totals == ()  # the scorecard has a line that the base cannot compute
    assert [c.id for c in diff.content] == ["done_rate", "revenue"]
    done = run("kpi_site", "diff", "HEAD", "--root", shop.root, "--format", "text")
    assert done.returncode == 0
    assert "The base does not pass check (1 error)" in done.stdout
    assert f"{DONE_FILE}:5:17" in done.stdout


def test_a_changed_state_with_errors(shop: Shop, run: Run) -> None:
    shop.edit("data/orders.csv", "50.00", "fifty")
    shop.edit(SHOP_FILE, "en: Shop scorecard", "en: The shop")
    done = run("kpi_site", "diff", "--root", shop.root, "--format", "text")
    assert done.returncode == 1
    assert "The changed state does not pass check (1 error)" in done.stdout
    assert "Figures not compared: done_rate, revenue" in done.stdout
    assert "scorecard · changed 1: shop" in done.stdout


def test_a_broken_site_file(shop: Shop) -> None:
    shop.edit("content/site.yml", "organisation", "organization")
    diff = shop.diff()
    assert diff.new.figures is None
    assert (diff.figures, diff.tables) == ((), ())


def test_a_new_site(tmp_path: Path, run: Run) -> None:
    shop = make_shop(tmp_path / "shop")
    shop.git("checkout", "-q", "--orphan", "other")
    shop.git("rm", "-q", "-r", "--cached", ".")
    shop.git("commit", "-q", "--allow-empty", "-m", "nothing")
    done = run("kpi_site", "diff", "other", "--root", shop.root, "--format", "text")
    assert done.returncode == 0
    assert "the base has no site here: all is new" in done.stdout
    assert "indicator · new 2: done_rate, revenue" in done.stdout
    assert "errors" not in done.stdout


def test_within_a_hook_of_another_repository(shop: Shop, run: Run) -> None:
    done = run("kpi_site", "diff", "--root", shop.root, GIT_DIR="/x", GIT_INDEX_FILE=".git/x")
    assert (done.returncode, done.stderr) == (0, "")


def test_names_of_any_bytes(shop: Shop, run: Run) -> None:
    (Path(os.fsdecode(os.fsencode(shop.root) + b"/docs-\xff.txt"))).write_text("x")
    done = run("kpi_site", "diff", "--root", shop.root)
    assert done.returncode == 0
    assert "\ufffd&#46;txt" in done.stdout


def test_new_warnings(shop: Shop) -> None:
    shop.edit(REVENUE_FILE, "{zh: 看规模。, en: Shows the size.}", "{zh: 看规模。}")
    assert [p.where.file for p in shop.diff().new_problems] == [REVENUE_FILE]


def test_the_repository_is_left_alone(shop: Shop) -> None:
    shop.edit(REVENUE_FILE, "formula: sold", "formula: sold * 2")
    before = shop.git("status", "--porcelain", "--ignored"), (shop.root / ".git/index").read_bytes()
    shop.diff()
    after = shop.git("status", "--porcelain", "--ignored"), (shop.root / ".git/index").read_bytes()
    assert before[0].replace("!! build/\n", "") == after[0].replace("!! build/\n", "")
    assert before[1] == after[1]


def test_a_shallow_clone_says_how_to_get_the_rest(shop: Shop, tmp_path: Path) -> None:
    first = shop.git("rev-parse", "HEAD").strip()
    shop.edit(REVENUE_FILE, "en: Revenue}", "en: Sales}")
    shop.commit()
    url = f"file://{shop.root}"
    subprocess.run(["git", "clone", "-q", "--depth=1", url, tmp_path / "clone"], check=True)
    with pytest.raises(GitError) as caught:
        find_base(repository(tmp_path / "clone"), first)
    assert "git fetch --unshallow" in caught.value.message.zh
