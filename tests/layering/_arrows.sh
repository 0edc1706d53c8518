# The arrows between layers, read from the #include lines. Sourced by the tests beside it.
#
#   arrows ROOT   prints what is wrong in the sources under ROOT, a line each; fails if anything is

# The table: a layer and what it may see besides itself. `sim` stands for all its layers.
arrows_table='
sim/core
sim/fiber    sim/core
sim/memory   sim/core
sim/choice   sim/core
sim/machine  sim/core sim/fiber sim/memory sim/choice
sim/kernel   sim/core sim/fiber sim/memory sim/choice sim/machine
sim/explore  sim/core sim/choice
checkers     sim
traces       sim
models       sim
models/dynamic_debug models/ring_buffer
scenarios    sim checkers traces models
top          sim checkers traces models scenarios
'

arrows() {
  local root=$1
  (cd "$root" &&
    find . -type d \( -name build -o -name .git -o -name heddle-out \) -prune -o \
      -type f \( -name '*.cpp' -o -name '*.hpp' -o -name '*.h' \) -print | sort |
    awk -v table="$arrows_table" '
      # The layer that a path belongs to; "" if none. Models see one another only by the table.
      function layer(path,    part) {
        split(path, part, "/")
        if (part[1] == "sim") return ("sim/" part[2]) in known ? "sim/" part[2] : ""
        if (part[1] == "models") return "models/" part[2]
        if (part[1] in known) return part[1]
        if (part[1] ~ /^(tests|bench|examples|heddle|heddle\.hpp)$/) return "top"
        return ""
      }
      function may_see(from, to,    general) {
        if (from == to || from == "top" || (from, to) in sees) return 1
        general = from; sub(/^models\/.*/, "models", general)
        return (general, to) in sees || (general, substr(to, 1, index(to "/", "/") - 1)) in sees
      }
      function wrong(message) { print message; failed = 1 }
      function read_file(path, from,    line, number, once, target, to) {
        while ((getline line < path) > 0) {
          ++number
          if (line ~ /^[ \t]*#[ \t]*pragma[ \t]+once/) once = 1
          if (line !~ /^[ \t]*#[ \t]*include[ \t]*["<]/) continue
          target = line
          sub(/^[ \t]*#[ \t]*include[ \t]*/, "", target)
          if (target ~ /^<(sim|checkers|traces|models|scenarios|tests|bench)\//) {
            wrong(path ":" number ": our own headers stand in quotes: " target)
            continue
          }
          if (target !~ /^"/) continue
          target = substr(target, 2); sub(/".*/, "", target)
          if (!(target in exists)) {
            wrong(path ":" number ": no such file from the root of the repository: " target)
            continue
          }
          to = layer(target)
          if (!may_see(from, to))
            wrong(path ":" number ": " from " may not see " (to == "" ? target : to) ": " target)
        }
        close(path)
        if (path ~ /\.hpp$|\.h$/ && !once) wrong(path ": a header begins with #pragma once")
      }
      BEGIN {
        rows = split(table, row, "\n")
        for (i = 1; i <= rows; ++i) {
          columns = split(row[i], column, " ")
          if (columns > 0) known[column[1]] = 1
          for (j = 2; j <= columns; ++j) sees[column[1], column[j]] = 1
        }
      }
      { sub(/^\.\//, ""); exists[$0] = 1; paths[NR] = $0 }
      END {
        if (NR == 0) wrong("no sources were found")
        for (i = 1; i <= NR; ++i) {
          from = layer(paths[i])
          if (from == "") wrong(paths[i] ": belongs to no layer")
          else read_file(paths[i], from)
        }
        exit failed
      }')
}
