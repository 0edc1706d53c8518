// Completions of bash, zsh and fish. Verbs, options and words are written into the script; names of
// scenarios are asked of the program when they are wanted.
#include <algorithm>
#include <string_view>

#include <fmt/format.h>

#include "scenarios/cli/report_option.hpp"
#include "scenarios/cli/suite.hpp"
#include "scenarios/cli/trace_view.hpp"
#include "scenarios/cli/verb_text.hpp"
#include "scenarios/registry/scenario.hpp"
#include "scenarios/registry/strategy.hpp"

namespace heddle::cli {
namespace {

using Words = std::vector<std::string>;

/// What may stand behind an option or as an argument.
struct Values {
  Words words;
  bool files = false;
  bool scenarios = false;
  bool any() const { return files || scenarios || !words.empty(); }
};

Words strategies() {
  Words words;
  for (const scenarios::StrategyInfo& strategy : scenarios::all_strategies())
    words.emplace_back(strategy.word);
  return words;
}

Words models() {
  Words words;
  for (const scenarios::Model* model : scenarios::all_models()) words.emplace_back(model->name);
  return words;
}

Values values_of(const VerbText& verb, const OptionText& option) {
  const std::string& name = option.names.front();
  if (name == "--variant") return {{"posted", "fixed"}};
  if (name == "--strategy") return {strategies()};
  if (name == "--reduction") return {{"none", "sleep", "source", "optimal", "states"}};
  if (name == "--interleave") {
    if (verb.name == "verify") return {{"sync", "all"}};
    return {{"sync", "racy", "all"}};
  }
  if (name == "--format") return {show_formats()};
  if (name == "--suite") return {shipped_suite_names(), true};
  if (name == "--model" || name == "MODEL") return {models()};
  if (name == "SHELL") return {shells()};
  if (name == "FILTER") return {{}, false, true};
  if (name == "--report") {
    Words words;
    for (const std::string& format : report_words()) words.push_back(format + "=");
    return {words};
  }
  const std::string& value = option.value.empty() ? name : option.value;
  const bool files = value == "FILE" || value == "DIR" || value == "TRACE" || value == "OTHER" ||
                     value == "BESIDE" || value == "INPUT";
  return {{}, files};
}

/// The word that some verbs take first.
Words tasks_of(const VerbText& verb) {
  if (verb.name == "corpus") return {"verify", "add", "prune"};
  if (verb.name == "report") return {"merge"};
  return {};
}

Values arguments_of(const VerbText& verb, const std::vector<VerbText>& verbs) {
  Values all;
  if (verb.name == "help")
    for (const VerbText& other : verbs) all.words.push_back(other.name);
  for (const OptionText& argument : verb.arguments) {
    const Values values = values_of(verb, argument);
    all.words.insert(all.words.end(), values.words.begin(), values.words.end());
    all.files = all.files || values.files;
    all.scenarios = all.scenarios || values.scenarios;
  }
  return all;
}

std::string in_quotes(std::string_view text) {
  std::string out = "'";
  for (const char c : text)
    if (c == '\'')
      out += "'\\''";
    else
      out += c;
  return out + "'";
}

std::string all_names(const VerbText& verb) {
  Words names;
  for (const OptionText& option : verb.options)
    names.insert(names.end(), option.names.begin(), option.names.end());
  return fmt::format("{}", fmt::join(names, " "));
}

/// Sets `words`, or the flags beside it, as the script's last part reads them.
std::string bash_values(const Values& values) {
  std::string text;
  if (!values.words.empty())
    text += fmt::format("words={}", in_quotes(fmt::format("{}", fmt::join(values.words, " "))));
  if (values.scenarios) text += R"(words=$("$program" list --names 2>/dev/null))";
  if (values.files) text += std::string(text.empty() ? "" : "; ") + "files=1";
  return text.empty() ? "return" : text;
}

std::string bash(const std::vector<VerbText>& verbs) {
  Words names;
  std::string cases;
  for (const VerbText& verb : verbs) {
    names.push_back(verb.name);
    cases += fmt::format("    {})\n", verb.name);
    std::string by_option;
    for (const OptionText& option : verb.options)
      if (!option.value.empty())
        by_option += fmt::format("        {}) {} ;;\n", fmt::join(option.names, " | "),
                                 bash_values(values_of(verb, option)));
    if (!by_option.empty())
      cases +=
          fmt::format("      case $previous in\n{}        *) rest=1 ;;\n      esac\n", by_option);
    else
      cases += "      rest=1\n";
    cases += fmt::format("      options={}\n", in_quotes(all_names(verb)));
    const Values arguments = arguments_of(verb, verbs);
    const Words tasks = tasks_of(verb);
    if (!tasks.empty())
      cases += fmt::format("      if [[ $rest && $COMP_CWORD == 2 ]]; then words={}; rest=; fi\n",
                           in_quotes(fmt::format("{}", fmt::join(tasks, " "))));
    if (arguments.any())
      cases += fmt::format("      if [[ $rest ]]; then {}; fi\n", bash_values(arguments));
    cases += "      ;;\n";
  }
  return fmt::format(
      R"script(# Completion of heddle for bash; made by `heddle completion bash`.
_heddle() {{
  local program=${{COMP_WORDS[0]}} current=${{COMP_WORDS[COMP_CWORD]}}
  local previous=${{COMP_WORDS[COMP_CWORD - 1]}} words='' options='' files='' rest=''
  COMPREPLY=()
  if ((COMP_CWORD == 1)); then
    mapfile -t COMPREPLY < <(compgen -W {} -- "$current")
    return
  fi
  case ${{COMP_WORDS[1]}} in
{}    *) return ;;
  esac
  if [[ $rest && $current == -* ]]; then
    mapfile -t COMPREPLY < <(compgen -W "$options" -- "$current")
    return
  fi
  mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
  if [[ $files ]]; then
    local found
    mapfile -t found < <(compgen -f -- "$current")
    COMPREPLY+=("${{found[@]}}")
    compopt -o filenames 2>/dev/null
  fi
}}
complete -F _heddle heddle
)script",
      in_quotes(fmt::format("{} --version --help", fmt::join(names, " "))), cases);
}

/// A help text within the brackets of _arguments.
std::string zsh_help(const std::string& help) {
  std::string out;
  for (const char c : help) {
    if (c == '[' || c == ']' || c == ':' || c == '\\') out += '\\';
    out += c;
  }
  return out;
}

std::string zsh_action(const Values& values) {
  if (values.scenarios) return "_heddle_scenarios";
  if (values.words.empty()) return values.files ? "_files" : " ";
  const std::string words = fmt::format("{}", fmt::join(values.words, " "));
  if (!values.files) return fmt::format("({})", words);
  return fmt::format("{{compadd -- {}; _files}}", words);
}

std::string zsh_specification(const VerbText& verb, const OptionText& option) {
  const std::string once = option.names.front() == "--report" ? "*" : "";
  std::string value;
  if (!option.value.empty())
    value = fmt::format(":{}:{}", zsh_help(option.value), zsh_action(values_of(verb, option)));
  std::string lines;
  for (const std::string& name : option.names) {
    const std::string others =
        option.names.size() > 1 ? fmt::format("({})", fmt::join(option.names, " ")) : "";
    lines += fmt::format(
        "        {} \\\n",
        in_quotes(fmt::format("{}{}{}[{}]{}", others, once, name, zsh_help(option.help), value)));
  }
  return lines;
}

std::string zsh(const std::vector<VerbText>& verbs) {
  std::string descriptions;
  std::string cases;
  for (const VerbText& verb : verbs) {
    descriptions +=
        fmt::format("    {}\n", in_quotes(fmt::format("{}:{}", verb.name, verb.summary)));
    cases += fmt::format("    {})\n      _arguments \\\n", verb.name);
    for (const OptionText& option : verb.options) cases += zsh_specification(verb, option);
    const Words tasks = tasks_of(verb);
    if (!tasks.empty())
      cases += fmt::format("        {} \\\n",
                           in_quotes(fmt::format("1:task:({})", fmt::join(tasks, " "))));
    const Values arguments = arguments_of(verb, verbs);
    cases += fmt::format("        {}\n      ;;\n",
                         in_quotes(fmt::format("*:argument:{}", zsh_action(arguments))));
  }
  return fmt::format(
      R"script(#compdef heddle
# Completion of heddle for zsh; made by `heddle completion zsh`.
_heddle_scenarios() {{
  local -a names
  names=("${{(@f)$("$heddle_program" list --names 2>/dev/null)}}")
  compadd -- $names
}}
_heddle() {{
  local heddle_program=$words[1]
  local -a verbs
  verbs=(
{}  )
  if ((CURRENT == 2)); then
    _describe verb verbs
    return
  fi
  local verb=$words[2]
  shift words
  ((CURRENT--))
  case $verb in
{}  esac
}}
if [[ $funcstack[1] == _heddle ]]; then
  _heddle "$@"
else
  compdef _heddle heddle
fi
)script",
      descriptions, cases);
}

std::string fish(const std::vector<VerbText>& verbs) {
  std::string script =
      "# Completion of heddle for fish; made by `heddle completion fish`.\n"
      "complete -c heddle -f\n";
  for (const VerbText& verb : verbs)
    script += fmt::format("complete -c heddle -n __fish_use_subcommand -a {} -d {}\n", verb.name,
                          in_quotes(verb.summary));
  for (const VerbText& verb : verbs) {
    const std::string where =
        fmt::format("complete -c heddle -n '__fish_seen_subcommand_from {}'", verb.name);
    const auto add = [&](const Values& values) {
      if (values.files) script += " -F";
      if (!values.words.empty())
        script += " -a " + in_quotes(fmt::format("{}", fmt::join(values.words, " ")));
      if (values.scenarios) script += " -a '(heddle list --names 2>/dev/null)'";
    };
    for (const OptionText& option : verb.options) {
      script += where;
      for (const std::string& name : option.names)
        script += name.starts_with("--") ? " -l " + name.substr(2) : " -s " + name.substr(1);
      if (!option.value.empty()) {
        script += " -r";
        add(values_of(verb, option));
      }
      script += " -d " + in_quotes(option.help) + "\n";
    }
    Values arguments = arguments_of(verb, verbs);
    const Words tasks = tasks_of(verb);
    arguments.words.insert(arguments.words.end(), tasks.begin(), tasks.end());
    if (!arguments.any()) continue;
    script += where;
    add(arguments);
    script += "\n";
  }
  return script;
}

}  // namespace

const std::vector<std::string>& shells() {
  static const std::vector<std::string> all = {"bash", "zsh", "fish"};
  return all;
}

std::string completion(const std::string& shell, const std::vector<VerbText>& verbs) {
  if (shell == "bash") return bash(verbs);
  return shell == "zsh" ? zsh(verbs) : fish(verbs);
}

}  // namespace heddle::cli
