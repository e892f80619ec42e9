import { expect, test } from "bun:test";
import { GUEST_KERNELS, kernelById, selectKernels } from "./kernels.ts";

test("nothing, the empty string and default all select the one default kernel", () => {
  const selections = [undefined, "", "default"].map((selection) => selectKernels(selection).map((kernel) => kernel.id));
  expect(selections).toEqual([["6.1"], ["6.1"], ["6.1"]]);
});

test("all selects every kernel of the table and none selects no kernel", () => {
  expect(selectKernels("all")).toBe(GUEST_KERNELS);
  expect(selectKernels("none")).toEqual([]);
});

test("a list selects its kernels in its order and an unknown name is refused with the known ones", () => {
  expect(selectKernels("newest, 5.10").map((kernel) => kernel.id)).toEqual(["newest", "5.10"]);
  expect(() => kernelById("4.19")).toThrow('No guest kernel is called "4.19". Known: 5.10, 6.1, ');
});
