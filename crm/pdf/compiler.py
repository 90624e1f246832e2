"""The process that makes one PDF: `python -m crm.pdf.compiler TEMPLATES NAME`, data on standard input. Knows no Django.

It may use so much memory and time and no more, so that a document that goes wrong takes nothing else with it.
"""

import json
import resource
import sys
from pathlib import Path

import typst

MEMORY = 2 * 1024**3
CPU_SECONDS = 20


def main(folder: str, name: str) -> int:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    data = sys.stdin.read()
    json.loads(data)
    root = Path(folder)
    try:
        # a text of the data reaches the document as a string: it is set as it is and never read as Typst
        made = typst.compile(str(root / name), root=str(root), sys_inputs={"data": data}, format="pdf")
    except typst.TypstError as fault:
        sys.stderr.write(str(fault))
        return 2
    sys.stdout.buffer.write(made)
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:3]))
