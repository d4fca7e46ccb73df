/** What is probably wrong with an installation: what the server says, and what only the browser can see. */
import type { Diagnostics } from './api/administration';

/** Clocks that differ by less are no problem: timers show seconds of the server. */
const CLOCK_DIFFERENCE_MAX = 60_000;

/**
 * The problems of an installation, of which messages has the sentences.
 *
 * @param at when the answer came, in milliseconds of the browser's clock
 * @param href the address of the page
 */
export function problemsOf(seen: Diagnostics, at: number, href: string): string[] {
  const elsewhere = seen.publicUrl !== null && new URL(seen.publicUrl).origin !== new URL(href).origin;
  return [
    ...seen.problems,
    ...(elsewhere ? ['other_address'] : []),
    ...(Math.abs(at - Date.parse(seen.serverTime)) > CLOCK_DIFFERENCE_MAX ? ['browser_clock'] : []),
  ];
}
