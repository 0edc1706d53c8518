// Functions of many kinds that tell where they are. places_test.cpp compiles this with several
// compilers and loads it.
#include <algorithm>

extern "C" {
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

}  // namespace sample

extern "C" void visit_all() {
  sample_count = 0;
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
