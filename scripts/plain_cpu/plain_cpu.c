/* Hides AVX-512, VNNI and AMX from a program, so that it takes its kernels for a plain AVX2 processor, at full speed.
 *
 * Programs ask the CPUID instruction what the processor can do. Linux lets a thread ask for a fault instead
 * (arch_prctl ARCH_SET_CPUID, where processor and hypervisor allow it); new threads and children inherit that, a new
 * program does not. This library is loaded into every program of a command by LD_PRELOAD. It turns the fault on, and at
 * each fault executes CPUID itself, takes out the features, and goes on behind the instruction.
 *
 * A program that installs its own handler of SIGSEGV (Python's faulthandler does) ends at its next CPUID.
 */
#define _GNU_SOURCE
#include <cpuid.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

#define ARCH_SET_CPUID 0x1012
#define CANNOT 97 /* run.py knows this status */
#define BIT(n) (1u << (n))

/* Leaf 7, by register: Intel's manual, volume 2A, table 3-8. */
static const unsigned HIDDEN_7_0_EBX = BIT(16) /* avx512f */ | BIT(17) /* dq */ | BIT(21) /* ifma */ | BIT(26) /* pf */ |
                                       BIT(27) /* er */ | BIT(28) /* cd */ | BIT(30) /* bw */ | BIT(31) /* vl */;
static const unsigned HIDDEN_7_0_ECX = BIT(1) /* avx512vbmi */ | BIT(6) /* vbmi2 */ | BIT(11) /* avx512_vnni */ |
                                       BIT(12) /* bitalg */ | BIT(14) /* vpopcntdq */;
static const unsigned HIDDEN_7_0_EDX = BIT(2) /* 4vnniw */ | BIT(3) /* 4fmaps */ | BIT(8) /* vp2intersect */ |
                                       BIT(22) /* amx_bf16 */ | BIT(23) /* avx512_fp16 */ | BIT(24) /* amx_tile */ |
                                       BIT(25) /* amx_int8 */;
static const unsigned HIDDEN_7_1_EAX = BIT(4) /* avx_vnni */ | BIT(5) /* avx512_bf16 */ | BIT(21) /* amx_fp16 */ |
                                       BIT(23) /* avx_ifma */;
static const unsigned HIDDEN_7_1_EDX = BIT(4) /* avx_vnni_int8 */ | BIT(5) /* avx_ne_convert */ |
                                       BIT(8) /* amx_complex */ | BIT(10) /* avx_vnni_int16 */ | BIT(19) /* avx10 */;

static long allow_cpuid(int allowed) { return syscall(SYS_arch_prctl, ARCH_SET_CPUID, allowed); }

static void on_fault(int number, siginfo_t *info, void *context) {
  (void)info;
  greg_t *registers = ((ucontext_t *)context)->uc_mcontext.gregs;
  const unsigned char *at = (const unsigned char *)registers[REG_RIP];
  if (at[0] != 0x0f || at[1] != 0xa2) { /* not CPUID: a fault like any other */
    signal(number, SIG_DFL);
    raise(number);
    return;
  }
  unsigned leaf = (unsigned)registers[REG_RAX], part = (unsigned)registers[REG_RCX], a, b, c, d;
  allow_cpuid(1);
  __cpuid_count(leaf, part, a, b, c, d);
  allow_cpuid(0);
  if (leaf == 7 && part == 0) {
    b &= ~HIDDEN_7_0_EBX;
    c &= ~HIDDEN_7_0_ECX;
    d &= ~HIDDEN_7_0_EDX;
  } else if (leaf == 7 && part == 1) {
    a &= ~HIDDEN_7_1_EAX;
    d &= ~HIDDEN_7_1_EDX;
  }
  registers[REG_RAX] = a;
  registers[REG_RBX] = b;
  registers[REG_RCX] = c;
  registers[REG_RDX] = d;
  registers[REG_RIP] += 2;
}

__attribute__((constructor)) static void start(void) {
  struct sigaction action;
  memset(&action, 0, sizeof action);
  action.sa_sigaction = on_fault;
  action.sa_flags = SA_SIGINFO | SA_NODEFER;
  if (sigaction(SIGSEGV, &action, NULL) != 0 || allow_cpuid(0) != 0) {
    static const char message[] = "plain_cpu: this kernel or processor cannot hide what CPUID says\n";
    if (write(STDERR_FILENO, message, sizeof message - 1) < 0) _exit(CANNOT);
    _exit(CANNOT);
  }
}
