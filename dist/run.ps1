# SPDX-License-Identifier: BSD-2-Clause
# Runs Trapline from its archive, without a compiler: run.ps1 [VERB] [--accel whpx ...].
foreach ($words in @('py', '-3'), @('python', '-B'), @('python3', '-B')) {
    $program, $option = $words
    if (Get-Command $program -ErrorAction SilentlyContinue) {
        & $program $option -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>$null
        if ($LASTEXITCODE -eq 0) {
            & $program $option (Join-Path $PSScriptRoot 'run.py') @args
            exit $LASTEXITCODE
        }
    }
}
[Console]::Error.WriteLine('trapline: wants Python 3.11 or newer: winget install Python.Python.3.13')
exit 2
