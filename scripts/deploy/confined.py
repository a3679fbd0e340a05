#!/usr/bin/env python3
"""Runs a command as a container with a seccomp profile would: as nobody, without a capability, with that profile and no more.

    confined.py PROFILE COMMAND...

Needs root, to become nobody, and libseccomp.so.2. The profile is read as the OCI runtime has it, names that this machine's libseccomp does
not know are passed over, as runtimes do.
"""

import ctypes
import json
import os
import sys

NOBODY = 65534
PR_CAPBSET_DROP = 24
ALLOW = 0x7FFF0000
ERRNO = 0x00050000


def main(profile, *command):
    profile = json.load(open(profile, encoding="utf-8"))
    library = ctypes.CDLL("libseccomp.so.2", use_errno=True)
    library.seccomp_init.restype = ctypes.c_void_p
    for function in (library.seccomp_load, library.seccomp_rule_add):
        function.argtypes = [ctypes.c_void_p] + ([ctypes.c_uint32, ctypes.c_int, ctypes.c_uint] if function is library.seccomp_rule_add else [])
    if os.geteuid() == 0:
        libc = ctypes.CDLL(None)
        for capability in range(64):
            libc.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0)
        os.setgroups([])
        os.setgid(NOBODY)
        os.setuid(NOBODY)
    filter_ = library.seccomp_init(ERRNO | profile["defaultErrnoRet"])
    if not filter_:
        sys.exit("libseccomp takes no such filter")
    for rule in profile["syscalls"]:
        for name in rule["names"]:
            number = library.seccomp_syscall_resolve_name(name.encode())
            if number >= 0 and library.seccomp_rule_add(filter_, ALLOW, number, 0) != 0:
                sys.exit(f"libseccomp takes no rule for {name}")
    # Loading it also sets no_new_privs, as allowPrivilegeEscalation: false does.
    if library.seccomp_load(filter_) != 0:
        sys.exit("the kernel takes no such filter")
    os.execvp(command[0], command)


if __name__ == "__main__":
    main(*sys.argv[1:])
