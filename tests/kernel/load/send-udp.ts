/**
 * Sends small packets to a loopback socket of its own that nobody reads: each raises net_rx once and runs it when the
 * sender leaves the network stack.
 *
 *   bun send-udp.ts PACKETS
 */
import { dlopen, ptr } from "bun:ffi";

const [AF_INET, SOCK_DGRAM, LOOPBACK] = [2, 2, [127, 0, 0, 1]];
const packets = Number(process.argv[2]);

const { symbols: libc } = dlopen("libc.so.6", {
  socket: { args: ["i32", "i32", "i32"], returns: "i32" },
  bind: { args: ["i32", "ptr", "u32"], returns: "i32" },
  connect: { args: ["i32", "ptr", "u32"], returns: "i32" },
  getsockname: { args: ["i32", "ptr", "ptr"], returns: "i32" },
  send: { args: ["i32", "ptr", "u64", "i32"], returns: "i64" },
});

/** struct sockaddr_in; the kernel writes the port that it chose into it. */
const address = new Uint8Array(new ArrayBuffer(16));
new DataView(address.buffer).setUint16(0, AF_INET, true);
address.set(LOOPBACK, 4);
const addressSize = new Uint32Array(new ArrayBuffer(4)).fill(address.length);
const payload = new Uint8Array(new ArrayBuffer(16));

function check(result: number | bigint, what: string): number {
  if (result < 0) throw new Error(`Cannot ${what} a UDP socket on loopback.`);
  return Number(result);
}

// SAFETY: the buffers above outlive every call, and the sizes passed are theirs.
const receiver = check(libc.socket(AF_INET, SOCK_DGRAM, 0), "open");
const sender = check(libc.socket(AF_INET, SOCK_DGRAM, 0), "open");
check(libc.bind(receiver, ptr(address), address.length), "bind");
check(libc.getsockname(receiver, ptr(address), ptr(addressSize)), "name");
check(libc.connect(sender, ptr(address), address.length), "connect");
for (let sent = 0; sent < packets; sent++) check(libc.send(sender, ptr(payload), payload.length, 0), "send from");
