"""The end of a command that leaves its memory to the kernel."""

import subprocess
import sys

PROGRAM = """
import atexit, sys, threading, time
from loaders.cli.supervision import exit_without_teardown
if "closed" in sys.argv:
    sys.stderr = None
atexit.register(lambda: print("handler"))
threading.Thread(target=lambda: (time.sleep(0.1), print("thread"))).start()
print("main")
exit_without_teardown(3)
"""


def test_threads_end_and_exit_handlers_run_before_the_process_leaves() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (3, "main\nthread\nhandler\n", "")


def test_a_closed_stream_changes_no_exit_code() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM, "closed"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (3, "")
