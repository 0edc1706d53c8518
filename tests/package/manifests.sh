# The vcpkg port and the Conan recipe name what the build needs, and its version. The tools themselves
# are not here, so no package is made.
set -euo pipefail
command -v python3 >/dev/null || exit 77
python3 - "$SOURCE_DIR" <<'EOF'
import ast
import json
import os
import re
import sys

source = sys.argv[1]


def read(name):
    with open(os.path.join(source, name), encoding="utf-8") as file:
        return file.read()


version = re.search(r"project\(heddle VERSION (\S+)", read("CMakeLists.txt"))[1]
needed = set(re.findall(r"^heddle_(?:find|require_header|require_module)\(([\w.]+)",
                        read("cmake/HeddleDependencies.cmake"), re.M))
known = {  # as CMake knows them: in vcpkg, in Conan
    "Boost": ("boost-context", "boost"), "fmt": ("fmt", "fmt"), "CLI11": ("cli11", "cli11"),
    "nlohmann_json": ("nlohmann-json", "nlohmann_json"), "pcg_random.hpp": ("pcg", "pcg-cpp"),
    "xxhash": ("xxhash", "xxhash"), "libdw": ("elfutils", "elfutils"),
    "pugixml": ("pugixml", "pugixml"), "tomlplusplus": ("tomlplusplus", "tomlplusplus"),
}
assert needed == set(known), f"the build needs {needed}, this test knows {set(known)}"

names = lambda listed: {d if isinstance(d, str) else d["name"] for d in listed}
for manifest in ("vcpkg.json", "packaging/vcpkg/heddle/vcpkg.json"):
    port = json.loads(read(manifest))
    assert port["version"] == version, f"{manifest}: version {port['version']}, not {version}"
    missing = {vcpkg for vcpkg, _ in known.values()} - names(port["dependencies"])
    assert not missing, f"{manifest} lacks {missing}"
    assert names(port["features"]["models"]["dependencies"]) == {"rapidcheck"}
options = re.findall(r"HEDDLE_[A-Z]+(?:_[A-Z]+)*", read("packaging/vcpkg/heddle/portfile.cmake"))
for option in options:
    assert f"option({option} " in read("CMakeLists.txt"), f"the port sets {option}, which is none"

recipe = ast.parse(read("conanfile.py"))
required = {node.args[0].value.split("/")[0] for node in ast.walk(recipe)
            if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "requires"}
missing = {conan for _, conan in known.values()} - required
assert not missing, f"conanfile.py lacks {missing}"
assert f'version = "{version}"' in read("conanfile.py"), "conanfile.py has another version"
exported = re.search(r"exports_sources = \((.*?)\)", read("conanfile.py"), re.S)[1]
for folder in re.findall(r"^add_subdirectory\((\w+)\)", read("CMakeLists.txt"), re.M):
    assert f'"{folder}/*"' in exported, f"conanfile.py does not export {folder}"
EOF
