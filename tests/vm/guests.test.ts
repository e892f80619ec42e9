import { expectGoodReport, guestProgram, selectedGuests, testInGuests } from "./guest-tests.ts";

const guests = await selectedGuests();

testInGuests(guests, "the guest has what tracing needs", async (stored) => {
  await expectGoodReport(stored, { command: guestProgram("basics.ts", stored.release) });
});
