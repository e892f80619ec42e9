import { describe, expect, test } from "bun:test";
import { parseCpuList } from "./parse-cpu-list.ts";

describe("lists that the kernel writes and reads:", () => {
  const lists: readonly (readonly [text: string, cpus: readonly number[]])[] = [
    ["0", [0]],
    ["0-3", [0, 1, 2, 3]],
    ["0-1\n", [0, 1]],
    ["0,2-3,7", [0, 2, 3, 7]],
    ["3,1,2-3", [1, 2, 3]],
    ["10-10", [10]],
    ["0-7:1/4", [0, 4]],
    ["0-9:2/4", [0, 1, 4, 5, 8, 9]],
    ["", []],
    ["\n", []],
    ["65535", [65_535]],
  ];
  test.each(lists)("%j", (text, cpus) => {
    expect(parseCpuList(text)).toEqual([...cpus]);
  });
});

describe("other texts are refused:", () => {
  const refused = [
    "a",
    "0-",
    "-1",
    "0--2",
    "0,",
    ",0",
    "0 1",
    " 0",
    "0-3 ",
    "1.5",
    "0x1",
    "0-3/2",
    "0-3:1",
    "1e3",
    "0\n\n",
    "٣",
  ];
  test.each(refused)("%j", (text) => {
    expect(() => parseCpuList(text)).toThrow(TypeError);
    expect(() => parseCpuList(text)).toThrow("is not a CPU list");
  });
});

describe("numbers out of range are refused:", () => {
  const refused: readonly (readonly [text: string, why: string])[] = [
    ["3-1", "runs backwards"],
    ["0-65536", "65536 is above 65535"],
    ["99999999999999999999", "more than Linux has"],
    ["0-7:0/4", "between 1 and all of each group"],
    ["0-7:5/4", "between 1 and all of each group"],
  ];
  test.each(refused)("%s", (text, why) => {
    expect(() => parseCpuList(text)).toThrow(RangeError);
    expect(() => parseCpuList(text)).toThrow(why);
  });
});

test("a list that names every CPU ten thousand times takes no time", () => {
  const start = performance.now();
  const list = new Array<string>(10_000).fill("0-65535:1/2").join(",");
  expect(parseCpuList(list)).toHaveLength(32_768);
  expect(performance.now() - start).toBeLessThan(10_000);
});
