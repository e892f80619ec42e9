// Numbers of linux/bpf.h, poll.h and bpf/libbpf.h under their own names; a test compares them with the headers.
export const BPF_NOEXIST = 1;
export const BPF_EXIST = 2;
export const BPF_F_RDONLY = 0x8;
export const BPF_F_MMAPABLE = 0x400;
export const BPF_RINGBUF_BUSY_BIT = 0x8000_0000;
export const BPF_RINGBUF_DISCARD_BIT = 0x4000_0000;
export const BPF_RINGBUF_HDR_SZ = 8;
export const POLLIN = 1;
export const LIBBPF_WARN = 0;
export const LIBBPF_INFO = 1;
export const LIBBPF_DEBUG = 2;
