// Functions of many kinds that tell where they are, and a type that tells where its members are.
// places_test.cpp compiles this with several compilers and loads it.
#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <iterator>
#include <typeinfo>

extern "C" {
struct Member {
  std::size_t offset;
  const char* text;
};
struct SamplePlace {
  const void* pc;
  const char* function;
  int line;
};
SamplePlace sample_places[32];
int sample_count = 0;
}

// An address inside the function that calls this, as instrumented code gives them.
[[gnu::noinline]] void note(const char* function, int line) {
  sample_places[sample_count++] = {__builtin_return_address(0), function, line};
  asm volatile("" ::: "memory");
}
// Instrumented code makes no tail calls either.
#define NOTE(function) (note(function, __LINE__), end_of_statement())
[[gnu::always_inline]] inline void end_of_statement() { asm volatile("" ::: "memory"); }

namespace sample {

[[gnu::noinline]] void plain() { NOTE("plain"); }

namespace {
[[gnu::noinline]] void hidden() { NOTE("hidden"); }
}  // namespace

[[gnu::always_inline]] inline void inlined() { NOTE("inlined"); }

[[gnu::always_inline]] inline void twice_inlined() {
  NOTE("twice_inlined");
  inlined();
}

template <class T, int size>
[[gnu::noinline]] void templated(T) {
  NOTE("templated");
}

struct Type {
  void method() { NOTE("Type::method"); }
  static void of_class() { NOTE("Type::of_class"); }
  Type() { NOTE("Type::Type"); }
  bool operator<(int) const {
    NOTE("Type::operator<");
    return true;
  }
  void with_lambda() {
    const auto body = [](int) { NOTE("Type::with_lambda::lambda"); };
    body(1);
  }
  struct Inner {
    [[gnu::noinline]] void method() { NOTE("Type::Inner::method"); }
  };
};

template <class Body>
[[gnu::noinline]] void call(Body&& body) {
  body();
}

void lambdas() {
  call([] { NOTE("lambdas::lambda"); });
  call([] { call([] { NOTE("lambdas::lambda::lambda"); }); });
  struct Local {
    void operator()() { NOTE("lambdas::Local::operator()"); }
  };
  call(Local{});
  const int numbers[2] = {1, 2};
  std::for_each(numbers, numbers + 2, [](int) { NOTE("lambdas::lambda"); });
}

static void of_file() { NOTE("of_file"); }

// ---- members ------------------------------------------------------------------------------------

struct Part {
  int head;
  int tail[3];
};
struct Base {
  long kept = 0;
};
/// Each build has a type of its own name, so that none is told by another one's.
struct SAMPLE_TYPE : Base {  // NOLINT(readability-identifier-naming)
  int count_ = 0;            // NOLINT(readability-identifier-naming): as a private one
  Part parts[2] = {};
  std::array<Part, 2> more = {};
  std::atomic<int> flag{0};
  struct {
    int x = 0, y = 0;
  } pair;
  struct {
    int deep = 0, deeper = 0;
  };
  union {
    int number;
    char text[4] = {};
  } either;
};
SAMPLE_TYPE members;

std::size_t offset_in(const void* member) {
  return static_cast<std::size_t>(static_cast<const char*>(member) -
                                  reinterpret_cast<const char*>(&members));
}

}  // namespace sample

extern "C" {
const char* sample_type() { return typeid(sample::SAMPLE_TYPE).name(); }
std::size_t sample_size() { return sizeof(sample::SAMPLE_TYPE); }
Member sample_members[10];
}

static void note_members() {
  using sample::members;
  using sample::offset_in;
  const Member all[] = {{offset_in(&members.kept), ".kept"},
                        {offset_in(&members.count_), ".count"},
                        {offset_in(&members.parts[1].tail[2]), ".parts[1].tail[2]"},
                        {offset_in(&members.parts[1]), ".parts[1].head"},
                        {offset_in(&members.more[1].tail), ".more[1].tail[0]"},
                        {offset_in(&members.flag), ".flag"},
                        {offset_in(&members.pair.y), ".pair.y"},
                        {offset_in(&members.deeper), ".deeper"},
                        {offset_in(&members.either.text[1]), ""},
                        {offset_in(&members.either), ".either"}};
  std::copy(std::begin(all), std::end(all), sample_members);
}

extern "C" void visit_all() {
  sample_count = 0;
  note_members();
  sample::plain();
  sample::hidden();
  sample::inlined();
  sample::twice_inlined();
  sample::templated<long, 3>(1);
  sample::Type type;
  type.method();
  sample::Type::of_class();
  (void)(type < 1);
  type.with_lambda();
  sample::Type::Inner{}.method();
  sample::lambdas();
  sample::of_file();
  NOTE("visit_all");
}
