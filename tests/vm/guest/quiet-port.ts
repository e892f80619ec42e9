/** The serial port whose output goes nowhere, as the harness names it; empty where the machine has none. */
export const QUIET_PORT: string = process.env["IRQTRACE_GUEST_PORT"] ?? "";
