# Commands for gdb that know heddle's contexts. `heddle replay TRACE --until STEP --gdb` loads this
# file, which lies in share/heddle beside the libraries; in another session: `source` it.
#
#   heddle contexts       who there is, on which CPU, and what each is about to do where
#   heddle stack CONTEXT  the stack of one of them, by name or number, suspended or not
#   heddle step           on to the next step
#
# A suspended context's registers lie on its stack as Boost.Context's jump_fcontext has left them
# (x86-64, System V). To print its stack they are put in place for a moment, and taken back.
import gdb

STATES = {"unstarted": "not started", "live": "", "idle": "does not run", "finished": "ended",
          "parked": "stopped for good"}
# Offset from the saved stack pointer, by register.
SAVED = {"r12": 0x08, "r13": 0x10, "r14": 0x18, "r15": 0x20, "rbx": 0x28, "rbp": 0x30, "rip": 0x38}
SAVED_BYTES = 0x40


def machine():
    """The machine that executes, or an error."""
    pointer = gdb.parse_and_eval("heddle::sim::Machine::running_machine_")
    if int(pointer) == 0:
        raise gdb.GdbError("no execution runs: `run` first")
    return pointer.dereference()


def pointer_in(value):
    """The pointer that a std::unique_ptr of libstdc++ holds, however deep; None if there is none."""
    for field in value.type.strip_typedefs().fields():
        if not hasattr(field, "bitpos"):
            continue
        kind = field.type.strip_typedefs().code
        if kind == gdb.TYPE_CODE_PTR:
            return value[field]
        if kind == gdb.TYPE_CODE_STRUCT:
            found = pointer_in(value[field])
            if found is not None:
                return found
    return None


def contexts():
    """All contexts, by number."""
    world = machine()
    first = pointer_in(world["contexts_"])
    return [(first + number).dereference() for number in range(int(world["context_count_"]))]


def names(all_contexts):
    """As traces write them: of several of a name, each has a number."""
    plain = [context["name"].string() for context in all_contexts]
    seen = {}
    result = []
    for name in plain:
        seen[name] = seen.get(name, 0) + 1
        result.append(name if plain.count(name) == 1 else "%s.%d" % (name, seen[name]))
    return result


def word(value):
    return str(value).rsplit("::", 1)[-1]


def place(pc):
    if pc == 0:
        return ""
    line = gdb.find_pc_line(pc - 1)
    if line.symtab is None:
        return gdb.execute("info symbol %#x" % (pc - 1), to_string=True).strip()
    return "%s:%d" % (line.symtab.filename, line.line)


def running_number():
    return int(machine()["running_"].dereference()["id"]["value"])


class Heddle(gdb.Command):
    """What heddle's contexts do: heddle contexts, heddle stack CONTEXT, heddle step."""

    def __init__(self):
        super().__init__("heddle", gdb.COMMAND_STACK, gdb.COMPLETE_NONE, True)


class Contexts(gdb.Command):
    """heddle contexts: number, CPU, name, and what each is about to do. * marks the one on whose
    stack gdb stands."""

    def __init__(self):
        super().__init__("heddle contexts", gdb.COMMAND_STACK)

    def invoke(self, argument, from_tty):
        everybody = contexts()
        running = running_number()
        print("after step %d" % int(machine()["step_"]))
        for number, (context, name) in enumerate(zip(everybody, names(everybody))):
            state = word(context["state"])
            if state == "live":
                announced = context["announced"]
                doing = "%-12s %s" % (word(announced["kind"]), place(int(announced["place"]["pc"])))
                if int(context["waits_for"]) != 0:
                    owner = int(context["waits_for"].dereference()["owner_code"])
                    if owner not in (0, 0xFFFF):
                        doing += "  waits for %s" % names(everybody)[owner - 1]
            else:
                doing = STATES.get(state, state)
            print("%s %2d  cpu%d  %-16s %s" % ("*" if number == running else " ", number,
                                               int(context["cpu"]["value"]), name, doing))


class Stack(gdb.Command):
    """heddle stack CONTEXT: its calls, innermost first. CONTEXT is a name or a number."""

    def __init__(self):
        super().__init__("heddle stack", gdb.COMMAND_STACK)

    def invoke(self, argument, from_tty):
        everybody = contexts()
        known = names(everybody)
        wanted = argument.strip()
        if wanted in known:
            number = known.index(wanted)
        elif wanted.isdigit() and int(wanted) < len(known):
            number = int(wanted)
        else:
            raise gdb.GdbError("there is no context '%s', but: %s" % (wanted, ", ".join(known)))
        context = everybody[number]
        print("%s on cpu%d" % (known[number], int(context["cpu"]["value"])))
        if number == running_number():
            gdb.execute("backtrace")
            return
        if word(context["state"]) not in ("live", "parked"):
            print("it has no stack: %s" % STATES.get(word(context["state"])))
            return
        self.suspended(int(context["fiber"]["handle_"]))

    def suspended(self, saved):
        frame = gdb.selected_frame()
        gdb.newest_frame().select()
        registers = list(SAVED) + ["rsp"]
        before = {name: int(gdb.parse_and_eval("(long)$%s" % name)) for name in registers}
        inferior = gdb.selected_inferior()
        try:
            for name, offset in SAVED.items():
                value = int.from_bytes(inferior.read_memory(saved + offset, 8), "little")
                gdb.execute("set $%s = %#x" % (name, value), to_string=True)
            gdb.execute("set $rsp = %#x" % (saved + SAVED_BYTES), to_string=True)
            gdb.execute("backtrace")
        finally:
            # The stack pointer first: what gdb reads of the frame hangs on it.
            for name in ["rsp", "rip"] + [r for r in SAVED if r != "rip"]:
                gdb.execute("set $%s = %d" % (name, before[name]), to_string=True)
        if frame.is_valid():
            frame.select()


class Step(gdb.Command):
    """heddle step: on to where the next step is about to be taken."""

    def __init__(self):
        super().__init__("heddle step", gdb.COMMAND_RUNNING)

    def invoke(self, argument, from_tty):
        gdb.execute("continue")


Heddle()
Contexts()
Stack()
Step()
gdb.execute("set pagination off")
gdb.execute("set breakpoint pending on")
gdb.execute("set confirm off")
gdb.execute("break heddle_before_step", to_string=True)
