import type { Temporal } from 'temporal-polyfill';
import { temporal } from './temporal';
import { dayOf, endOfDay, startOfDay, startOfWeek, toMillis, type Timestamp } from './zoned';

/** What is needed of a time entry to place it in days. */
export interface Span {
  id: string;
  startedAt: Timestamp;
  stoppedAt: Timestamp | null;
  /** As the server counts it, with its finer clock; null while it runs. */
  durationSeconds?: number | null;
}

/** The part of a span that lies in one day. */
export interface Piece<S extends Span> {
  span: S;
  from: number;
  /** Null while the span runs and this piece is its last. */
  to: number | null;
  /** The span began on an earlier day. */
  continued: boolean;
  /** The span ends with this piece. */
  last: boolean;
}

export interface Day<S extends Span> {
  date: Temporal.PlainDate;
  /** What began on this day, newest first. */
  started: S[];
  /** Pieces of what began earlier and went on into this day. */
  continued: Piece<S>[];
  pieces: Piece<S>[];
}

export interface Week<S extends Span> {
  /** Its first day. */
  first: Temporal.PlainDate;
  days: Day<S>[];
}

/** Cuts a span at each midnight of `timeZone`. A running span reaches to `now`. */
export function cutAtMidnights<S extends Span>(span: S, timeZone: string, now: number): Piece<S>[] {
  const begin = toMillis(span.startedAt);
  const end = Math.max(begin, span.stoppedAt === null ? now : toMillis(span.stoppedAt));
  const pieces: Piece<S>[] = [];
  let day = dayOf(begin, timeZone);
  let from = begin;
  for (;;) {
    const midnight = endOfDay(day, timeZone);
    const last = end <= midnight;
    pieces.push({
      span,
      from,
      to: last ? (span.stoppedAt === null ? null : end) : midnight,
      continued: from !== begin,
      last,
    });
    if (last) return pieces;
    from = midnight;
    day = day.add({ days: 1 });
  }
}

/** The instant from which the seconds of a span count: a start with a fraction below a millisecond lies before the next one. */
function countsFrom(startedAt: Timestamp): number {
  const millis = toMillis(startedAt);
  return /\.\d{3}\d*[1-9]/.test(startedAt) ? millis + 1 : millis;
}

/**
 * Seconds of a span between two instants, as the server counts them: those that are complete at the second instant, less those that are
 * complete at the first. So parts add up to the whole. A running span reaches to `now`.
 */
export function secondsBetween(span: Span, from: number, to: number, now: number): number {
  const begin = countsFrom(span.startedAt);
  const stop = span.stoppedAt === null ? now : toMillis(span.stoppedAt);
  const complete = (at: number) =>
    at >= stop && typeof span.durationSeconds === 'number'
      ? span.durationSeconds
      : Math.max(0, Math.floor((Math.min(at, stop) - begin) / 1000));
  return Math.max(0, complete(to) - (from <= begin ? 0 : complete(from)));
}

/** Whether a span has time between two instants; one without length has the instant of its start. */
export function overlapsRange(span: Span, from: number, to: number, now: number): boolean {
  const begin = toMillis(span.startedAt);
  const stop = Math.max(begin, span.stoppedAt === null ? now : toMillis(span.stoppedAt));
  return begin < to && (stop > from || (stop === begin && begin >= from));
}

/** Seconds of a piece; of a running one, up to `now`. */
export function pieceSeconds<S extends Span>(piece: Piece<S>, now: number): number {
  return secondsBetween(piece.span, piece.continued ? piece.from : -Infinity, piece.to ?? now, now);
}

export function totalSeconds<S extends Span>(pieces: readonly Piece<S>[], now: number): number {
  return pieces.reduce((sum, piece) => sum + pieceSeconds(piece, now), 0);
}

/** Inclusive bounds in days; null is open. */
export interface DayRange {
  from: Temporal.PlainDate | null;
  to: Temporal.PlainDate | null;
}

/**
 * Groups spans by day and week of `timeZone`, newest first. A span over midnight is listed where it
 * began and counted in each day by the part that lies there; parts outside of `range` are left out.
 */
export function groupByDay<S extends Span>(
  spans: readonly S[],
  timeZone: string,
  now: number,
  range: DayRange = { from: null, to: null },
): Week<S>[] {
  const days = new Map<string, Day<S>>();
  const inRange = (date: Temporal.PlainDate) =>
    (!range.from || temporal.PlainDate.compare(date, range.from) >= 0) &&
    (!range.to || temporal.PlainDate.compare(date, range.to) <= 0);

  for (const span of spans) {
    for (const piece of cutAtMidnights(span, timeZone, now)) {
      const date = dayOf(piece.from, timeZone);
      if (!inRange(date)) continue;
      const key = date.toString();
      const day = days.get(key) ?? { date, started: [], continued: [], pieces: [] };
      days.set(key, day);
      day.pieces.push(piece);
      if (piece.continued) day.continued.push(piece);
      else day.started.push(span);
    }
  }

  const weeks: Week<S>[] = [];
  const sorted = [...days.values()].sort((a, b) => temporal.PlainDate.compare(b.date, a.date));
  for (const day of sorted) {
    day.started.sort((a, b) => toMillis(b.startedAt) - toMillis(a.startedAt) || (a.id < b.id ? 1 : -1));
    const first = startOfWeek(day.date);
    const week = weeks.at(-1);
    if (week?.first.equals(first)) week.days.push(day);
    else weeks.push({ first, days: [day] });
  }
  return weeks;
}

/** The instants between which a range of days lies; an open end has none. */
export function rangeBounds(range: DayRange, timeZone: string): { from?: number; to?: number } {
  return {
    ...(range.from ? { from: startOfDay(range.from, timeZone) } : {}),
    ...(range.to ? { to: endOfDay(range.to, timeZone) } : {}),
  };
}
