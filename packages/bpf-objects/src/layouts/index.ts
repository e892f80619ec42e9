export { hardirqs } from "./hardirqs.gen.ts";
export { slow } from "./slow.gen.ts";
export { softirqs } from "./softirqs.gen.ts";
export { system } from "./system.gen.ts";
export { victims } from "./victims.gen.ts";
