export { INTERRUPT_CLASSES, type InterruptClass, type InterruptClassDescription } from "./interrupt-class.ts";
