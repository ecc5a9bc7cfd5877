@echo off
rem SPDX-License-Identifier: BSD-2-Clause
rem Runs Trapline from its archive, without a compiler: run.cmd [VERB] [--accel whpx ...].
setlocal
py -3 -c "import sys; sys.exit(sys.version_info < (3, 11))" >nul 2>nul
if not errorlevel 1 (
    py -3 "%~dp0run.py" %*
    exit /b
)
python -c "import sys; sys.exit(sys.version_info < (3, 11))" >nul 2>nul
if not errorlevel 1 (
    python "%~dp0run.py" %*
    exit /b
)
echo trapline: wants Python 3.11 or newer: winget install Python.Python.3.13>&2
exit /b 2
