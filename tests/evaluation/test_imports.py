"""What evaluating needs."""

import subprocess
import sys

from tests.support import ROOT


def test_evaluating_needs_nothing_of_a_build():
    """Its modules load neither what builds an index nor the libraries of learning."""
    code = (
        "import sys\n"
        "from kb.evaluation import impact, judgments, metrics, runner, statistics, voices\n"
        "print(*sorted(n for n in sys.modules if n.startswith(('kb.retrieval.build', 'sklearn', 'scipy', 'faiss'))))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
