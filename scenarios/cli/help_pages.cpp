// The manual page and the reference of options.
// Source of the manual page's form: man-pages(7) and mandoc's man(7).
#include <array>
#include <string_view>

#include <fmt/format.h>

#include "scenarios/cli/verb_text.hpp"

namespace heddle::cli {
namespace {

/// When what stands in this file was last changed.
constexpr std::string_view page_date = "2026-11-21";

constexpr std::string_view about =
    "heddle runs concurrent systems code (CPUs, preemption, interrupts, locks, failing "
    "allocations, "
    "crashing hosts) on one thread, deterministically, in an order that a strategy chooses. It "
    "explores many orders, and writes every failure as a small trace that anyone can replay.";

struct Named {
  std::string_view name;
  std::string_view text;
};

constexpr std::array<Named, 8> exit_codes = {{
    {"0", "Everything as expected."},
    {"1", "A finding that nobody expected, or an expected one that did not come."},
    {"2", "Bad usage or input, or a file that cannot be written."},
    {"3", "Inconclusive: a limit was reached."},
    {"4", "Nothing selected."},
    {"5", "Nondeterminism: the same choices led to different executions."},
    {"70", "A bug of heddle."},
    {"130", "Interrupted; results so far are reported."},
}};

constexpr std::array<Named, 7> variables = {{
    {"GTEST_TOTAL_SHARDS, GTEST_SHARD_INDEX",
     "Without --shard: which part of the selection to take."},
    {"SLURM_ARRAY_TASK_ID, SLURM_ARRAY_TASK_COUNT", "The same, in a job array of Slurm."},
    {"JOB_COMPLETION_INDEX", "With --shard */N: the index of a Kubernetes job."},
    {"GITHUB_ACTIONS, GITHUB_STEP_SUMMARY",
     "If the first is true: annotations of what is not as expected, and a summary in the second."},
    {"NO_COLOR", "If it is not empty: no colour."},
    {"CLICOLOR_FORCE", "Colour where there is no terminal, too."},
    {"COLUMNS", "How wide text may get."},
}};

/// Text as roff takes it for what it is.
std::string roff(std::string_view text) {
  std::string out;
  bool begins_line = true;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (begins_line && (c == '.' || c == '\'')) out += "\\&";
    begins_line = c == '\n';
    if (c == '\\') {
      out += "\\e";
    } else if (c == '-') {
      out += "\\-";
    } else if (c == '\'') {
      out += "\\(aq";
    } else if (c >= 0xC0) {  // a code point by its number, as not all readers take UTF-8
      const std::size_t more = c >= 0xF0 ? 3 : c >= 0xE0 ? 2 : 1;
      unsigned point = c & (0x3Fu >> more);
      for (std::size_t k = 0; k < more && i + 1 < text.size(); ++k)
        point = point << 6 | (static_cast<unsigned char>(text[++i]) & 0x3Fu);
      out += fmt::format("\\[u{:04X}]", point);
    } else {
      out += static_cast<char>(c);
    }
  }
  return out;
}

std::string tagged(std::string_view tag, std::string_view text) {
  return fmt::format(".TP\n{}\n{}\n", tag, roff(text));
}

/// "\fB\-\-jobs\fR, \fB\-j\fR \fIN\fR"
std::string option_tag(const OptionText& option) {
  std::string tag;
  for (const std::string& name : option.names)
    tag += fmt::format("{}\\fB{}\\fR", tag.empty() ? "" : ", ", roff(name));
  if (!option.value.empty()) tag += fmt::format(" \\fI{}\\fR", roff(option.value));
  return tag;
}

std::string arguments_text(const VerbText& verb) {
  std::string text;
  for (const OptionText& argument : verb.arguments)
    text += fmt::format(" [{}]", argument.names.front());
  return text;
}

std::string verb_section(const VerbText& verb) {
  std::string page = fmt::format(".SS \"heddle {}\"\n{}.\n", roff(verb.name + arguments_text(verb)),
                                 roff(verb.summary));
  for (const OptionText& argument : verb.arguments)
    page += tagged(fmt::format("\\fI{}\\fR", roff(argument.names.front())), argument.help);
  for (const OptionText& option : verb.options) page += tagged(option_tag(option), option.help);
  if (!verb.footer.empty()) page += fmt::format(".PP\n.nf\n{}\n.fi\n", roff(verb.footer));
  return page;
}

std::string code(std::string_view text) { return fmt::format("`{}`", text); }

/// Text in a cell of a table.
std::string cell(std::string_view text) {
  std::string safe;
  for (const char c : text) {
    if (c == '|' || c == '<' || c == '*' || c == '_') safe += '\\';
    safe += c;
  }
  return safe;
}

std::string option_rows(const std::vector<OptionText>& options) {
  std::string rows;
  for (const OptionText& option : options) {
    std::string names;
    for (const std::string& name : option.names)
      names += fmt::format("{}{}", names.empty() ? "" : ", ",
                           code(option.value.empty() ? name : name + " " + option.value));
    rows += fmt::format("| {} | {} |\n", names, cell(option.help));
  }
  return rows;
}

}  // namespace

std::string manual_page(const std::vector<VerbText>& verbs) {
  std::string page = fmt::format(
      ".\\\" Made by `heddle help --man`.\n.TH HEDDLE 1 \"{}\" \"heddle {}\" \"User Commands\"\n"
      ".SH NAME\nheddle \\- explore the schedules of concurrent systems code\n"
      ".SH SYNOPSIS\n.B heddle\n.I VERB\n.RI [ ARGUMENTS ]\n.RI [ OPTIONS ]\n"
      ".SH DESCRIPTION\n{}\n",
      page_date, HEDDLE_VERSION, roff(about));
  page += ".SH VERBS\n";
  for (const VerbText& verb : verbs) page += verb_section(verb);
  page += ".SH EXIT STATUS\n";
  for (const Named& exit_code : exit_codes) page += tagged(exit_code.name, exit_code.text);
  page += ".SH ENVIRONMENT\n";
  for (const Named& variable : variables)
    page += tagged(fmt::format("\\fB{}\\fR", roff(variable.name)), variable.text);
  page += ".SH FILES\n" +
          tagged("\\fIheddle\\-out/\\fR",
                 "Traces of findings, in a folder for each scenario, named by fingerprint.");
  return page;
}

std::string options_page(const std::vector<VerbText>& verbs) {
  std::string page =
      "# Verbs and options\n\n"
      "Made by `heddle help --markdown`; [cli.md](cli.md) has what does not fit into a line.\n";
  for (const VerbText& verb : verbs) {
    page += fmt::format("\n## heddle {}{}\n\n{}.\n", verb.name, cell(arguments_text(verb)),
                        verb.summary);
    const std::string rows = option_rows(verb.arguments) + option_rows(verb.options);
    if (!rows.empty()) page += "\n| | |\n|---|---|\n" + rows;
    if (!verb.footer.empty()) page += fmt::format("\n```\n{}\n```\n", verb.footer);
  }
  page += "\n## Exit codes\n\n| | |\n|---|---|\n";
  for (const Named& exit_code : exit_codes)
    page += fmt::format("| {} | {} |\n", exit_code.name, exit_code.text);
  page += "\n## Environment\n\n| | |\n|---|---|\n";
  for (const Named& variable : variables)
    page += fmt::format("| {} | {} |\n", code(variable.name), cell(variable.text));
  return page;
}

}  // namespace heddle::cli
