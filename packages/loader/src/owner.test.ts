import { expect, test } from "bun:test";
import { Owner } from "./owner.ts";

function resource(log: string[], name: string, failure?: Error): Disposable {
  return {
    [Symbol.dispose]: () => {
      log.push(name);
      if (failure !== undefined) throw failure;
    },
  };
}

test("what was added last ends first, and once", () => {
  const log: string[] = [];
  const owner = new Owner("tool");
  owner.own(resource(log, "object"));
  owner.own(resource(log, "view"));
  owner.close();
  owner.close();
  expect(log).toEqual(["view", "object"]);
});

test("a part that fails to end does not keep the others from it", () => {
  const log: string[] = [];
  const failure = new Error("stuck");
  const owner = new Owner("tool");
  owner.own(resource(log, "object"));
  owner.own(resource(log, "view", failure));
  expect(() => owner.close()).toThrow(failure);
  expect(log).toEqual(["view", "object"]);
});

test("several failures are thrown together", () => {
  const owner = new Owner("tool");
  owner.own(resource([], "one", new Error("one")));
  owner.own(resource([], "two", new Error("two")));
  expect(() => owner.close()).toThrow(AggregateError);
});

test("what is closed says so to whoever uses it", () => {
  const owner = new Owner("tool");
  owner.assertOpen("read", "counts");
  owner.close();
  expect(() => owner.assertOpen("read", "counts")).toThrow('Cannot read "counts": "tool" is closed. Load it again.');
});
