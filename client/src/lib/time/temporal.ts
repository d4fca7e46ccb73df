import type { Temporal } from 'temporal-polyfill';

/** Dates and times: the browser's own, or what {@link bringTemporal} has brought in its place. */
export let temporal = (globalThis as { Temporal?: unknown }).Temporal as typeof Temporal;

/** Brings what a browser lacks; before anything is shown. */
export async function bringTemporal(): Promise<void> {
  if ((temporal as unknown) === undefined) temporal = (await import('temporal-polyfill')).Temporal;
}
