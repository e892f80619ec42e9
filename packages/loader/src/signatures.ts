// C signatures of what this package calls. All of these are in libbpf 1.1 and later. libc's functions are looked up
// through libbpf, which depends on it: glibc and musl name their files differently.
export const SIGNATURES = {
  libbpf_major_version: { args: [], returns: "u32" },
  libbpf_minor_version: { args: [], returns: "u32" },
  libbpf_set_print: { args: ["ptr"], returns: "ptr" },

  bpf_object__open_mem: { args: ["ptr", "u64", "ptr"], returns: "ptr" },
  bpf_object__load: { args: ["ptr"], returns: "i32" },
  bpf_object__close: { args: ["ptr"], returns: "void" },
  bpf_object__next_program: { args: ["ptr", "ptr"], returns: "ptr" },
  bpf_object__next_map: { args: ["ptr", "ptr"], returns: "ptr" },
  bpf_object__find_map_by_name: { args: ["ptr", "ptr"], returns: "ptr" },

  bpf_program__name: { args: ["ptr"], returns: "ptr" },
  bpf_program__section_name: { args: ["ptr"], returns: "ptr" },
  bpf_program__autoload: { args: ["ptr"], returns: "bool" },
  bpf_program__set_autoload: { args: ["ptr", "bool"], returns: "i32" },
  bpf_program__fd: { args: ["ptr"], returns: "i32" },
  bpf_program__attach: { args: ["ptr"], returns: "ptr" },
  bpf_program__attach_raw_tracepoint: { args: ["ptr", "ptr"], returns: "ptr" },
  bpf_link__destroy: { args: ["ptr"], returns: "i32" },

  bpf_map__name: { args: ["ptr"], returns: "ptr" },
  bpf_map__fd: { args: ["ptr"], returns: "i32" },
  bpf_map__is_internal: { args: ["ptr"], returns: "bool" },
  bpf_map__type: { args: ["ptr"], returns: "u32" },
  bpf_map__set_type: { args: ["ptr", "u32"], returns: "i32" },
  bpf_map__max_entries: { args: ["ptr"], returns: "u32" },
  bpf_map__set_max_entries: { args: ["ptr", "u32"], returns: "i32" },
  bpf_map__key_size: { args: ["ptr"], returns: "u32" },
  bpf_map__value_size: { args: ["ptr"], returns: "u32" },
  bpf_map__map_flags: { args: ["ptr"], returns: "u32" },
  bpf_map__set_map_flags: { args: ["ptr", "u32"], returns: "i32" },
  bpf_map__initial_value: { args: ["ptr", "ptr"], returns: "ptr" },
  bpf_map__reuse_fd: { args: ["ptr", "i32"], returns: "i32" },

  bpf_map_lookup_elem: { args: ["i32", "ptr", "ptr"], returns: "i32" },
  bpf_map_lookup_and_delete_elem: { args: ["i32", "ptr", "ptr"], returns: "i32" },
  bpf_map_update_elem: { args: ["i32", "ptr", "ptr", "u64"], returns: "i32" },
  bpf_map_delete_elem: { args: ["i32", "ptr"], returns: "i32" },
  bpf_map_get_next_key: { args: ["i32", "ptr", "ptr"], returns: "i32" },
  bpf_map_lookup_batch: { args: ["i32", "ptr", "ptr", "ptr", "ptr", "ptr", "ptr"], returns: "i32" },
  bpf_obj_get_info_by_fd: { args: ["i32", "ptr", "ptr"], returns: "i32" },
  bpf_enable_stats: { args: ["u32"], returns: "i32" },
  bpf_obj_get: { args: ["ptr"], returns: "i32" },
  bpf_obj_pin: { args: ["i32", "ptr"], returns: "i32" },

  ring_buffer__new: { args: ["i32", "ptr", "ptr", "ptr"], returns: "ptr" },
  ring_buffer__consume: { args: ["ptr"], returns: "i32" },
  ring_buffer__free: { args: ["ptr"], returns: "void" },

  __errno_location: { args: [], returns: "ptr" },
  clock_gettime: { args: ["i32", "ptr"], returns: "i32" },
  clock_getres: { args: ["i32", "ptr"], returns: "i32" },
  close: { args: ["i32"], returns: "i32" },
  flock: { args: ["i32", "i32"], returns: "i32" },
  getpagesize: { args: [], returns: "i32" },
  mmap: { args: ["ptr", "u64", "i32", "i32", "i32", "i64"], returns: "ptr" },
  munmap: { args: ["ptr", "u64"], returns: "i32" },
  poll: { args: ["ptr", "u64", "i32"], returns: "i32" },
  vsnprintf: { args: ["ptr", "u64", "ptr", "ptr"], returns: "i32" },
} as const;

/** What the shim in a bundled libbpf adds, as irqtrace-shim.h declares it. */
export const SHIM_SIGNATURES = {
  irqtrace_shim_version: { args: [], returns: "u32" },
  irqtrace_log_start: { args: ["u32", "i32"], returns: "void" },
  irqtrace_log_stop: { args: [], returns: "u32" },
  irqtrace_log_read: { args: ["ptr", "u32"], returns: "i32" },
  irqtrace_ring_ready: { args: ["ptr", "ptr", "ptr", "u32"], returns: "i32" },
  irqtrace_ring_release: { args: ["ptr", "u64"], returns: "void" },
} as const;
