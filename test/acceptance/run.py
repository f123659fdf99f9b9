#!/usr/bin/env python3
"""Runs scripted definitions against our target: run.py TARGET FOLDER... [options of the runner]

Ends with the runner's closing line and exit status.
"""
import subprocess
import sys

import running_target

target, *arguments = sys.argv[1:]
running_target.refuse_without_runner()
with running_target.running(target) as port:
    status = subprocess.run([sys.executable, running_target.RUNNER, "--port", str(port), *arguments]).returncode
sys.exit(status)
