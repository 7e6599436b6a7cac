"""`racehub take-over` where there is nothing to take over, or no hub: one clear line."""

from pathlib import Path

from tests.serving import Run
from tests.test_commands_old import predecessor


def test_without_a_hub(run: Run, tmp_path: Path) -> None:
    Path("config.toml").write_text(f'[server]\ndata_dir = "{tmp_path / "data"}"\n')
    predecessor(tmp_path / "old")
    code, out, err = run("take-over", "old")
    assert (code, out) == (1, "")
    assert err.strip().endswith("no hub runs with this configuration; start it first: racehub serve")
    code, _, err = run("take-over", "none")
    assert code == 1 and "expected the predecessor's folder" in err
