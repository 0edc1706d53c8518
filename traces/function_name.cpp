#include "traces/function_name.hpp"

#include <cstddef>
#include <cstdlib>
#include <memory>
#include <vector>

#include <cxxabi.h>
#include <dwarf.h>

namespace heddle::traces {
namespace {

std::string_view text_of(Dwarf_Die* die, unsigned attribute_name) {
  Dwarf_Attribute attribute;
  const char* text = dwarf_formstring(dwarf_attr_integrate(die, attribute_name, &attribute));
  return text == nullptr ? std::string_view{} : std::string_view{text};
}

std::string_view name_of(Dwarf_Die* die) { return text_of(die, DW_AT_name); }

/// "f<int>" without the arguments, as compilers write them differently; operators are left alone.
std::string without_template_arguments(std::string_view name) {
  if (name.starts_with("operator")) return std::string(name);
  return std::string(name.substr(0, name.find('<')));
}

/// The DIE that tells where the function was declared: out-of-line and inlined copies lead there.
Dwarf_Die declaration_of(Dwarf_Die die) {
  for (const unsigned attribute_name : {DW_AT_abstract_origin, DW_AT_specification}) {
    Dwarf_Attribute attribute;
    Dwarf_Die target;
    while (dwarf_attr(&die, attribute_name, &attribute) != nullptr &&
           dwarf_formref_die(&attribute, &target) != nullptr)
      die = target;
  }
  return die;
}

/// By the scopes that the function was declared in. A scope without a name leaves an empty part.
std::string name_by_scopes(Dwarf_Die function, const FunctionIndex& index) {
  std::string name;
  const auto prepend = [&name](std::string_view part) {
    name = name.empty() ? std::string(part) : std::string(part) + "::" + name;
  };
  bool call_operator = false;
  std::vector<Dwarf_Die> scopes = index.scopes_of(declaration_of(function));
  for (std::size_t depth = 0; depth < scopes.size(); ++depth) {
    Dwarf_Die& scope = scopes[depth];
    const std::string_view own = name_of(&scope);
    if (dwarf_tag(&scope) == DW_TAG_subprogram) {
      if (depth != 0) return name_by_scopes(scope, index) + (name.empty() ? "" : "::") + name;
      call_operator = own == "operator()";
      if (!call_operator) prepend(without_template_arguments(own));
    } else if (is_type(dwarf_tag(&scope))) {
      const bool unnamed = own.empty() || own.starts_with("<lambda") || own.starts_with("._");
      if (call_operator)
        prepend(unnamed ? "lambda" : without_template_arguments(own) + "::operator()");
      else if (!unnamed)
        prepend(without_template_arguments(own));
      call_operator = false;
    }
  }
  return name.empty() && call_operator ? "operator()" : name;
}

/// "a::b(int)::c" as a, b, c.
std::vector<std::string> parts_of(std::string_view demangled) {
  std::vector<std::string> parts;
  std::size_t start = 0;
  int depth = 0;
  const auto add = [&](std::string_view part) {
    if (part.starts_with('{') || part.starts_with('$') || part.starts_with('\''))
      parts.emplace_back("lambda");
    else if (!part.starts_with("operator()") || parts.empty() || parts.back() != "lambda")
      parts.emplace_back(part.starts_with("operator()") ? part.substr(0, 10)
                                                        : part.substr(0, part.find_first_of("(<")));
  };
  for (std::size_t i = 0; i < demangled.size(); ++i) {
    const char c = demangled[i];
    if (c == '(' || c == '<' || c == '{') ++depth;
    if (c == ')' || c == '>' || c == '}') --depth;
    if (depth != 0 || !demangled.substr(i).starts_with("::")) continue;
    add(demangled.substr(start, i - start));
    start = i + 2;
  }
  add(demangled.substr(start));
  return parts;
}

/// The namespace of this name in `scope`. @returns false if there is none.
bool find_namespace(Dwarf_Die scope, std::string_view name, Dwarf_Die& found) {
  if (dwarf_child(&scope, &found) != 0) return false;
  do {
    if (dwarf_tag(&found) == DW_TAG_namespace && name_of(&found) == name) return true;
  } while (dwarf_siblingof(&found, &found) == 0);
  return false;
}

/// By the linkage name, which tells no namespaces from types: those are looked up in the unit.
std::string name_by_linkage(Dwarf_Die function, Dwarf_Die unit) {
  const std::string linkage(text_of(&function, DW_AT_linkage_name));
  int status = 0;
  const std::unique_ptr<char, void (*)(void*)> demangled(
      abi::__cxa_demangle(linkage.c_str(), nullptr, nullptr, &status), &std::free);
  if (status != 0 || demangled == nullptr) return {};
  std::string name;
  Dwarf_Die scope = unit;
  for (const std::string& part : parts_of(demangled.get())) {
    Dwarf_Die inner;
    if (name.empty() && (part.empty() || find_namespace(scope, part, inner))) {
      if (!part.empty()) scope = inner;
      continue;
    }
    name += name.empty() ? part : "::" + part;
  }
  return name;
}

}  // namespace

bool is_type(int tag) {
  return tag == DW_TAG_class_type || tag == DW_TAG_structure_type || tag == DW_TAG_union_type;
}

std::string function_name(Dwarf_Die function, const FunctionIndex& index) {
  std::string name = name_by_scopes(function, index);
  // clang leaves out the name of a function that is inlined everywhere but has a lambda in it.
  if (!name.starts_with("::")) return name;
  const std::string other = name_by_linkage(function, index.unit());
  return other.empty() ? name.substr(2) : other;
}

bool is_artificial(Dwarf_Die function, std::string_view name) {
  Dwarf_Attribute attribute;
  // g++ marks the bodies of lambdas, too.
  return dwarf_attr_integrate(&function, DW_AT_artificial, &attribute) != nullptr &&
         name != "lambda" && !name.ends_with("::lambda");
}

}  // namespace heddle::traces
