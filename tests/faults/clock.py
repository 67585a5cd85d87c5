"""A clock that can be set without setting that of the machine."""

import os
import subprocess

# What the C library says the time is goes through here (ld.so(8), LD_PRELOAD).
SOURCE = """
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>

static int (*real)(clockid_t, struct timespec *);
static volatile long *shift_s;

__attribute__((constructor)) static void begin(void) {
    real = dlsym(RTLD_NEXT, "clock_gettime");
    int file = open(getenv("CLOCK_SHIFT"), O_RDONLY);
    shift_s = mmap(NULL, sizeof *shift_s, PROT_READ, MAP_SHARED, file, 0);
}

int clock_gettime(clockid_t clock, struct timespec *now) {
    int failed = real(clock, now);
    if (clock == CLOCK_REALTIME && shift_s)
        now->tv_sec += *shift_s;
    return failed;
}
"""


class Clock:
    """The clock of processes that are started with `environment`; needs Linux, cc."""

    def __init__(self, folder):
        self.shift = folder / "clock-shift"
        self.library = folder / "clock.so"
        self.set(0)
        subprocess.run(
            ["cc", "-shared", "-fPIC", "-x", "c", "-", "-o", self.library, "-ldl"],
            input=SOURCE.encode(),
            check=True,
        )

    @property
    def environment(self):
        return {"LD_PRELOAD": str(self.library), "CLOCK_SHIFT": str(self.shift)}

    def set(self, seconds):
        """Let the clock differ from the machine's from now on."""
        descriptor = os.open(self.shift, os.O_CREAT | os.O_WRONLY)
        os.write(descriptor, seconds.to_bytes(8, "little", signed=True))
        os.close(descriptor)
