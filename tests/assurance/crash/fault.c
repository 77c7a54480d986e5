/* Kills or fails one chosen write below a folder, whoever makes it: libc, SQLite, Rust with system calls of its own.
 *
 * A seccomp filter turns every system call that changes a file into a signal; its handler counts those that concern the
 * folder, lets them happen, or does what the plan says. The one place the filter lets pass is the handler's own `syscall`
 * instruction, at an address of its own. A program the process starts (pg_dump) inherits the filter and, by LD_PRELOAD, a
 * handler that lets everything happen. Linux on x86-64. Used by fault.py; the plan lies in memory shared with the process
 * that watches. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <ucontext.h>

enum { COUNT, KILL, TEAR, FAIL_ONCE, FAIL_ON };
enum { REMEMBERED = 16384 };

struct plan {
    long mode, at, error;       /* what to do at the at-th call (from 1), and errno where it fails */
    long calls, fired;          /* answered: calls seen, calls failed */
    long number;                /* ... and the system call hit */
    char path[512];
    short numbers[REMEMBERED];  /* the system call of each call seen */
};

static struct plan *plan;
static char home[256];
static size_t home_length;

extern char raw_code[], raw_code_syscall[], raw_code_end[];
__asm__(".text\nraw_code:\n"
        "mov %rdi,%rax\nmov %rsi,%rdi\nmov %rdx,%rsi\nmov %rcx,%rdx\nmov %r8,%r10\nmov %r9,%r8\nmov 8(%rsp),%r9\n"
        "syscall\nraw_code_syscall:\nret\nraw_code_end:\n");
/* Copied to where it lies in every process: the filter knows one address. */
#define RAW 0x600000000000UL
#define fault_raw ((long (*)(long, long, long, long, long, long, long))RAW)

static void append_number(char *text, long value) {
    char digits[24];
    int count = 0;
    do digits[count++] = '0' + value % 10; while (value /= 10);
    size_t end = strlen(text);
    while (count) text[end++] = digits[--count];
    text[end] = 0;
}

static void path_of_descriptor(int descriptor, char *path) {
    char link[64] = "/proc/self/fd/";
    if (descriptor == AT_FDCWD) strcpy(link, "/proc/self/cwd");
    else if (descriptor < 0) { path[0] = 0; return; }
    else append_number(link, descriptor);
    long length = fault_raw(SYS_readlinkat, AT_FDCWD, (long)link, (long)path, 511, 0, 0);
    path[length > 0 ? length : 0] = 0;
}

static void path_of_name(int folder, const char *name, char *path) {
    if (name[0] == '/') { strncpy(path, name, 511); path[511] = 0; return; }
    path_of_descriptor(folder, path);
    size_t end = strlen(path);
    if (end + strlen(name) + 2 < 512) { path[end] = '/'; strcpy(path + end + 1, name); }
}

static int is_ours(const char *path) {
    return !strncmp(path, home, home_length) && (path[home_length] == '/' || !path[home_length]);
}

/* Whether the call changes something below the folder; `path` says what. */
static int concerns_us(long number, const long *a, char *path) {
    char other[512];
    switch (number) {
    case SYS_open: case SYS_creat: case SYS_truncate: case SYS_mkdir: case SYS_rmdir: case SYS_unlink: case SYS_chmod:
        path_of_name(AT_FDCWD, (char *)a[0], path);
        return is_ours(path);
    case SYS_openat: case SYS_openat2: case SYS_mkdirat: case SYS_unlinkat: case SYS_fchmodat:
        path_of_name(a[0], (char *)a[1], path);
        return is_ours(path);
    case SYS_rename: case SYS_link:
        path_of_name(AT_FDCWD, (char *)a[0], other);
        path_of_name(AT_FDCWD, (char *)a[1], path);
        return is_ours(path) || is_ours(other);
    case SYS_renameat: case SYS_renameat2: case SYS_linkat:
        path_of_name(a[0], (char *)a[1], other);
        path_of_name(a[2], (char *)a[3], path);
        return is_ours(path) || is_ours(other);
    case SYS_symlink:
        path_of_name(AT_FDCWD, (char *)a[1], path);
        return is_ours(path);
    case SYS_symlinkat:
        path_of_name(a[1], (char *)a[2], path);
        return is_ours(path);
    case SYS_copy_file_range:
        path_of_descriptor(a[2], path);
        return is_ours(path);
    default:
        path_of_descriptor(a[0], path);
        return is_ours(path);
    }
}

static int takes_space(long number) {
    switch (number) {
    case SYS_unlink: case SYS_unlinkat: case SYS_rmdir: case SYS_chmod: case SYS_fchmod: case SYS_fchmodat:
    case SYS_fchown: return 0;
    default: return 1;
    }
}

static long run(long number, const long *a) { return fault_raw(number, a[0], a[1], a[2], a[3], a[4], a[5]); }

/* What a torn write leaves: half of the bytes. */
static long run_half(long number, const long *a) {
    long part[6];
    memcpy(part, a, sizeof part);
    if (number == SYS_write || number == SYS_pwrite64) { if (part[2] > 1) part[2] /= 2; }
    else if (number == SYS_writev || number == SYS_pwritev || number == SYS_pwritev2) { if (part[2] > 1) part[2] = 1; }
    return run(number, part);
}

static void die(void) { fault_raw(SYS_kill, fault_raw(SYS_getpid, 0, 0, 0, 0, 0, 0), SIGKILL, 0, 0, 0, 0); }

static long decide(long number, const long *a) {
    char path[512];
    if (!home_length || !concerns_us(number, a, path)) return run(number, a);
    long call = __atomic_add_fetch(&plan->calls, 1, __ATOMIC_SEQ_CST);
    if (call <= REMEMBERED) plan->numbers[call - 1] = number;
    if (plan->mode == COUNT || call < plan->at || (call > plan->at && plan->mode != FAIL_ON)) return run(number, a);
    if (plan->mode == FAIL_ON && plan->error == ENOSPC && !takes_space(number)) return run(number, a);
    if (!plan->fired++) { plan->number = number; memcpy(plan->path, path, sizeof path); }
    if (plan->mode == KILL) die();
    if (plan->mode == TEAR) { run_half(number, a); die(); }
    int is_write = number == SYS_write || number == SYS_pwrite64;
    if (plan->mode == FAIL_ON && plan->error == ENOSPC && is_write && plan->fired == 1 && a[2] > 1)
        return run_half(number, a); /* a disk fills up in the middle of a write */
    return -plan->error;
}

static void trapped(int signal, siginfo_t *info, void *context) {
    greg_t *r = ((ucontext_t *)context)->uc_mcontext.gregs;
    long a[6] = {r[REG_RDI], r[REG_RSI], r[REG_RDX], r[REG_R10], r[REG_R8], r[REG_R9]};
    r[REG_RAX] = decide(info->si_syscall, a);
}

static const int watched[] = {
    SYS_write, SYS_pwrite64, SYS_writev, SYS_pwritev, SYS_pwritev2, SYS_fsync, SYS_fdatasync, SYS_truncate,
    SYS_ftruncate, SYS_fallocate, SYS_copy_file_range, SYS_sendfile, SYS_rename, SYS_renameat, SYS_renameat2, SYS_link,
    SYS_linkat, SYS_symlink, SYS_symlinkat, SYS_unlink, SYS_unlinkat, SYS_mkdir, SYS_mkdirat, SYS_rmdir, SYS_creat,
    SYS_chmod, SYS_fchmod, SYS_fchmodat, SYS_fchown, SYS_openat2, SYS_open, SYS_openat,
};
enum { WATCHED = sizeof watched / sizeof *watched, MAKING = O_CREAT | O_TRUNC | 020000000 /* O_TMPFILE */ };

static int stand_ready(void) {
    void *page = mmap((void *)RAW, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
    if (page != (void *)RAW) return errno ? errno : EEXIST;
    memcpy(page, raw_code, raw_code_end - raw_code);
    if (mprotect(page, 4096, PROT_READ | PROT_EXEC)) return errno;
    struct sigaction action = {.sa_sigaction = trapped, .sa_flags = SA_SIGINFO};
    sigfillset(&action.sa_mask);
    return sigaction(SIGSYS, &action, 0) ? errno : 0;
}

/* In a program started by the watched process: nothing it does is counted. */
__attribute__((constructor)) static void inherit(void) {
    static struct plan nothing;
    if (!getenv("FAULT_INHERITED")) return;
    plan = &nothing;
    stand_ready();
}

/* From now on every thread of this process is watched. Answers 0, or errno. */
int fault_watch(struct plan *shared, const char *folder) {
    struct sock_filter filter[16 + 2 * WATCHED];
    int at = 0;
    unsigned long way_out = RAW + (raw_code_syscall - raw_code);
    plan = shared;
    strncpy(home, folder, sizeof home - 1);
    home_length = strlen(home);
#define ADD(...) filter[at++] = (struct sock_filter)__VA_ARGS__
#define LOAD(field) ADD(BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field)))
    LOAD(arch);
    ADD(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, AUDIT_ARCH_X86_64, 1, 0));
    ADD(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW));
    ADD(BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, instruction_pointer)));
    ADD(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)way_out, 0, 3));
    ADD(BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, instruction_pointer) + 4));
    ADD(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)(way_out >> 32), 0, 1));
    ADD(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW));
    LOAD(nr);
    for (int i = 0; i < WATCHED - 2; i++) {
        ADD(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, watched[i], 0, 1));
        ADD(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRAP));
    }
    ADD(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_open, 0, 2));
    LOAD(args[1]);
    ADD(BPF_JUMP(BPF_JMP | BPF_JA, 2, 0, 0));
    ADD(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_openat, 0, 2));
    LOAD(args[2]);
    ADD(BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, MAKING, 1, 0));
    ADD(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW));
    ADD(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRAP));
    struct sock_fprog program = {at, filter};
    int code = stand_ready();
    if (code) return code;
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)) return errno;
    return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, &program) ? errno : 0;
}
