// A Worker that makes libbpf complain and gives back what it captured.
import { openShim } from "./open-shim.ts";
import { captureLog, openMissing, WARN } from "./shim-log.ts";

declare const self: Worker;

self.onmessage = (event: MessageEvent<{ readonly name: string; readonly count: number }>) => {
  const shim = openShim();
  const texts: string[] = [];
  for (let index = 0; index < event.data.count; index += 1) {
    const log = captureLog(shim, 4096, WARN, () => openMissing(shim, `no/${event.data.name}-${index}`));
    texts.push(...log.messages.map(({ text }) => text));
  }
  self.postMessage(texts);
};
