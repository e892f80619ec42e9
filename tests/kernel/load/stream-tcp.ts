/** Streams through a TCP connection over the loopback until it is killed: each run of net_rx handles large segments. */
const server = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data() {} } });
const chunk = new Uint8Array(1 << 20);

interface Writable {
  write(bytes: Uint8Array): number;
}

/** As much as the connection takes; the rest when it has room again. */
function fill(socket: Writable): void {
  while (socket.write(chunk) > 0);
}

await Bun.connect({
  hostname: "127.0.0.1",
  port: server.port,
  socket: { data() {}, open: fill, drain: fill },
});
