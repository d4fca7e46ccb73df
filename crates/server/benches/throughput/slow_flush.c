/*
 * Makes each flush of a file to the disk take longer, for a PostgreSQL that is measured as if its disk were slower: loaded with LD_PRELOAD.
 * The file is flushed all the same, so nothing is less durable than without. DELAY_MICROSECONDS comes from the compiler's command line.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <time.h>

typedef int flush_function(int);

static int flush_slowly(flush_function *flush, int file) {
    int result = flush(file);
    int error = errno;
    struct timespec left = {DELAY_MICROSECONDS / 1000000, DELAY_MICROSECONDS % 1000000 * 1000L};
    while (nanosleep(&left, &left) == -1 && errno == EINTR) {
    }
    errno = error;
    return result;
}

int fdatasync(int file) {
    static flush_function *next;
    if (!next) {
        next = (flush_function *)dlsym(RTLD_NEXT, "fdatasync");
    }
    return flush_slowly(next, file);
}

int fsync(int file) {
    static flush_function *next;
    if (!next) {
        next = (flush_function *)dlsym(RTLD_NEXT, "fsync");
    }
    return flush_slowly(next, file);
}
