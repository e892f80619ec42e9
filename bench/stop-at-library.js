/** For --preload: ends the process with this code once a program is about to open its first library. */
const STOPPED = 77;
const original = process.getBuiltinModule;
process.getBuiltinModule = (name) => (name === "bun:ffi" ? process.exit(STOPPED) : original.call(process, name));
