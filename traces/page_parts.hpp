// The source files of a page (traces/page), embedded when heddle is built.
#pragma once

namespace heddle::traces::page_parts {

extern const char* const html;  ///< with the names @HEDDLE_TITLE@, …_CSS@ and so on to fill in
extern const char* const css;
extern const char* const js;

}  // namespace heddle::traces::page_parts
