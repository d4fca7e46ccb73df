/**
 * The server's clock, as far as it can be told from the `Date` header of its answers. The elapsed
 * time of a running entry is measured with it, so that a computer with a wrong clock shows what
 * every other one shows.
 */

/** The header has whole seconds: smaller differences are noise, and the local clock is kept. */
const NOISE_MS = 2_000;

let offset = 0;
/** The round trip of the measurement in use; a faster one is more exact. */
let bestRoundTrip = Infinity;
let lastMeasured = 0;

/** Learns from one answer; `sent` and `received` are local times in milliseconds. */
export function learnServerTime(dateHeader: string | null, sent: number, received: number): void {
  const stamped = dateHeader === null ? NaN : Date.parse(dateHeader);
  if (Number.isNaN(stamped)) return;
  const roundTrip = Math.max(0, received - sent);
  const stale = received < lastMeasured || received - lastMeasured > 60_000;
  if (roundTrip > bestRoundTrip && !stale) return;
  const measured = stamped + 500 - (sent + roundTrip / 2);
  offset = Math.abs(measured) < NOISE_MS ? 0 : Math.round(measured);
  bestRoundTrip = roundTrip;
  lastMeasured = received;
}

/** Now in milliseconds, by the server's clock. */
export function serverNow(): number {
  return Date.now() + offset;
}

/** Forgets what was learned. */
export function resetServerClock(): void {
  offset = 0;
  bestRoundTrip = Infinity;
  lastMeasured = 0;
}
