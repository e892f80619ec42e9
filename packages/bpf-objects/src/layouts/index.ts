export { hardirqs } from "./hardirqs.gen.ts";
export { softirqs } from "./softirqs.gen.ts";
