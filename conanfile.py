"""Conan 2 recipe: `conan create .` builds the libraries, without the five systems and the tests."""
from conan import ConanFile
from conan.tools.cmake import CMake, CMakeDeps, CMakeToolchain, cmake_layout
from conan.tools.gnu import PkgConfigDeps


class Heddle(ConanFile):
    name = "heddle"
    version = "0.1.0"
    description = "Deterministic exploration of concurrent systems code"
    license = "Apache-2.0"
    package_type = "shared-library"
    settings = "os", "arch", "compiler", "build_type"
    exports_sources = (
        "CMakeLists.txt", "LICENSE", "heddle.hpp", "cmake/*", "sim/*", "checkers/*", "traces/*",
        "scenarios/*", "heddle/*")

    def requirements(self):
        # Headers of these are included by heddle's.
        self.requires("boost/1.83.0", transitive_headers=True, transitive_libs=True)
        self.requires("pcg-cpp/cci.20220409", transitive_headers=True)
        self.requires("cli11/2.4.2")
        self.requires("elfutils/0.190")
        self.requires("fmt/10.2.1")
        self.requires("nlohmann_json/3.11.3")
        self.requires("pugixml/1.14")
        self.requires("tomlplusplus/3.4.0")
        self.requires("xxhash/0.8.2")

    def layout(self):
        cmake_layout(self)

    def generate(self):
        toolchain = CMakeToolchain(self)
        for option in ("MODELS", "TESTS", "BENCH"):
            toolchain.cache_variables[f"HEDDLE_BUILD_{option}"] = False
        toolchain.generate()
        CMakeDeps(self).generate()
        PkgConfigDeps(self).generate()  # xxhash and libdw are looked for with pkg-config

    def build(self):
        cmake = CMake(self)
        cmake.configure()
        cmake.build()

    def package(self):
        CMake(self).install()

    def package_info(self):
        # heddle brings its own package file, with heddle_add_scenarios.
        self.cpp_info.set_property("cmake_find_mode", "none")
        self.cpp_info.builddirs = ["lib/cmake/heddle"]
