"""Builds and runs what a page of documentation shows.

usage: _snippets.py PAGE FOLDER

A fenced block whose info string has `file=NAME` is that file; a later block of the same name
replaces it. A block `console` is a session: after each `$ COMMAND` come the lines that it prints, in
which `…` stands for anything; if nothing is shown, anything is printed. `status=N` says how its
last command ends; the others end with 0. The page is followed from top to bottom in FOLDER. A block
of code that is neither is an error, so that no snippet goes untested; other blocks are texts.
"""
import os
import re
import subprocess
import sys

CODE = ("cpp", "cmake", "console", "bash", "sh", "toml", "python")


def blocks(page):
    """Yields (line, info words, lines)."""
    fence = None
    for number, line in enumerate(page.read().split("\n"), 1):
        if fence is None:
            match = re.fullmatch(r"\s*```(.+)", line)
            if match:
                fence = (number, match[1].split(), [])
        elif line.strip() == "```":
            yield fence
            fence = None
        else:
            fence[2].append(line)
    if fence is not None:
        sys.exit(f"line {fence[0]}: a block has no end")


def commands(lines):
    """[command, lines that it prints] of a session."""
    result = []
    for line in lines:
        if line.startswith("$ "):
            result.append([line[2:], []])
        elif result and result[-1][0].endswith("\\"):
            result[-1][0] = result[-1][0][:-1] + line.strip()
        elif result:
            result[-1][1].append(line)
    return result


def is_like(shown, printed):
    pattern = ".*".join(re.escape(part) for part in "\n".join(shown).rstrip().split("…"))
    return re.fullmatch(pattern, printed, re.DOTALL) is not None


def follow(page, folder):
    problems = 0
    for line, info, lines in blocks(page):
        options = dict(word.split("=", 1) for word in info[1:] if "=" in word)
        if "file" in options:
            path = os.path.join(folder, options["file"])
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "w", encoding="utf-8") as file:
                file.write("\n".join(lines) + "\n")
        elif info[0] == "console":
            session = commands(lines)
            for index, (command, shown) in enumerate(session):
                last = index == len(session) - 1
                expected = int(options.get("status", 0)) if last else 0
                done = subprocess.run(["bash", "-c", command], cwd=folder, text=True,
                                      stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
                printed = done.stdout.rstrip()
                if done.returncode != expected:
                    sys.exit(f"line {line}: `{command}` ends with {done.returncode}, not "
                             f"{expected}:\n{printed}")
                if shown and not is_like(shown, printed):
                    problems += 1
                    print(f"line {line}: `{command}` prints\n{printed}\nwhere the page shows\n"
                          + "\n".join(shown))
        elif info[0] in CODE:
            sys.exit(f"line {line}: a block of {info[0]} that nothing tests")
    return problems


if __name__ == "__main__":
    with open(sys.argv[1], encoding="utf-8") as page:
        sys.exit(1 if follow(page, sys.argv[2]) else 0)
