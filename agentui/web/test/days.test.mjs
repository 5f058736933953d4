import { test } from "node:test";
import assert from "node:assert/strict";
import { load } from "./load.mjs";

process.env.TZ = "Europe/Berlin"; // where the clock is put back on 25 October 2026, at 3:00
const { midnight, spread } = await load("days.ts");
const at = (text) => new Date(text).getTime();
const now = at("2026-10-26T09:00:00+01:00");

test("what happened belongs to the day of the clock, also when that has 25 hours", () => {
  assert.equal(midnight(0, now) - midnight(-1, now), 25 * 3_600_000);
  const days = spread([{ at: at("2026-10-24T23:00:00+02:00"), count: 1 }, { at: at("2026-10-25T00:00:00+02:00"), count: 2 }, { at: at("2026-10-25T23:00:00+01:00"), count: 4 }, { at: at("2026-10-26T00:00:00+01:00"), count: 8 }], 3, now);
  assert.deepEqual(days.map((d) => d.values[0]), [1, 6, 8]);
});

test("of one day every hour counts, once", () => {
  const hours = spread([{ at: at("2026-10-25T02:00:00+02:00"), count: 1 }, { at: at("2026-10-25T02:00:00+01:00"), count: 2 }], 1, at("2026-10-25T12:00:00+01:00"));
  assert.equal(hours.length, 25);
  assert.deepEqual(hours.slice(2, 4).map((h) => h.values[0]), [1, 2]);
});
