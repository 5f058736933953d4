// When a socket that closed is opened again.

// pause is how long to wait before the try after so many that failed: full jitter, so that
// a thousand pages that lost one server do not come back as one; 0.25 to 20 seconds.
export function pause(failed: number, random: number): number {
  const most = Math.min(20_000, 500 * 2 ** Math.min(failed, 10));
  return 250 + random * (most - 250);
}

// Next is what follows a close: to come again after so many ms; or not before somebody
// does something about it.
export interface Next {
  what: "again" | "out" | "role" | "windows" | "outdated";
  in: number;
}

// next reads the code that a socket was closed with (agentui/seat.go), and how long the
// server wants to be left alone.
export function next(code: number, reason: string, failed: number, random: number): Next {
  const wait = pause(failed, random);
  const wanted = Math.min(Number(/retry_after_ms=(\d{1,6})/.exec(reason)?.[1] ?? 0), 60_000);
  switch (code) {
    case 4001:
      return { what: "out", in: 0 };
    case 4003:
      return { what: "role", in: wait };
    case 4008: // we did not keep up: what was missed is told again
      return { what: "again", in: Math.min(wait, 500) };
    case 4009:
      return { what: "windows", in: 30_000 + random * 30_000 };
    case 4010:
      return { what: "outdated", in: 0 };
    default:
      return { what: "again", in: Math.max(wait, wanted) };
  }
}
