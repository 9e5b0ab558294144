#include "tide-store-error.h"

G_DEFINE_QUARK (tide - store - error - quark, tide_store_error)
