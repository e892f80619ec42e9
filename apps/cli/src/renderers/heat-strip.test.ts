import { expect, test } from "bun:test";
import { heatLegend, heatStrip, RATE_SCALE, SHARE_SCALE } from "./heat-strip.ts";

test("each value has a sign, which begins at its limit", () => {
  expect(heatStrip([0, 0.01, 0.1, 0.5, 2, 5, 29.9, 30, 60, 100], SHARE_SCALE)).toBe("·▁▂▃▄▅▆▇██");
  expect(heatStrip([0, 0.5, 1, 99, 1e6], RATE_SCALE)).toBe("·▁▂▃█");
});

test("the legend tells every sign", () => {
  expect(heatLegend(SHARE_SCALE)).toBe("▁ <0.1  ▂ <0.3  ▃ <1  ▄ <3  ▅ <10  ▆ <30  ▇ <60  █ more  % of the CPU");
});
