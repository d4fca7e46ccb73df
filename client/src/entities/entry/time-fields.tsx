import { useState } from 'react';
import { serverNow } from '@/api/server-clock';
import { ClockInput } from '@/components/clock-input';
import { CommittedInput } from '@/components/committed-input';
import { DateInput } from '@/components/date-input';
import { Field } from '@/components/ui/field';
import { withDay, withDuration, withRange, withStart, withStop, type Times } from '@/lib/time/edits';
import { formatClock, formatDate, formatExactDuration, formatWallTime } from '@/lib/time/format';
import { parseDuration, type ClockRange, type ClockTime } from '@/lib/time/parse';
import { dayOf, parseDay, zoned } from '@/lib/time/zoned';
import { t } from '@/messages/later';

export interface TimeFieldsProps {
  times: Times;
  timeZone: string;
  onChange: (times: Times) => void;
  /** Each change is saved as it is made: a complete time needs no Enter. */
  live?: boolean;
  errors?: { startedAt?: string | undefined; stoppedAt?: string | undefined };
}

/** Start, end, date and length of an entry; each change is complete in itself. */
export function TimeFields({ times, timeZone, onChange, live = false, errors = {} }: TimeFieldsProps) {
  const startDay = dayOf(times.start, timeZone);
  const days = times.stop === null ? 0 : startDay.until(dayOf(times.stop, timeZone)).days;
  /** What became of a typed time, when that is not just what was typed. */
  const [notes, setNotes] = useState<Notes>({});

  const commitStart = (time: ClockTime) => {
    const next = withStart(times, time, timeZone, serverNow());
    if (next.stop === null && next.start > serverNow()) {
      setNotes({ startError: t.editor.future });
      return;
    }
    const day = dayOf(next.start, timeZone);
    const moved = day.equals(startDay) ? undefined : t.editor.movedTo(formatDate(day, startDay));
    setNotes({ start: skipped(time, next.start, timeZone) ?? moved });
    onChange(next);
  };
  const commitStop = (time: ClockTime) => {
    const next = withStop(times, time, timeZone);
    setNotes({ stop: next.stop === null ? undefined : skipped(time, next.stop, timeZone) });
    onChange(next);
  };

  const commitRange = (range: ClockRange) => {
    setNotes({});
    onChange(withRange(startDay, range, timeZone));
  };

  return (
    <div className="grid grid-cols-2 gap-x-3 gap-y-3.5">
      <Field label={t.editor.start} error={notes.startError ?? errors.startedAt} hint={notes.start}>
        {(field) => (
          <ClockInput
            {...field}
            value={times.start}
            timeZone={timeZone}
            onCommit={commitStart}
            {...(times.stop === null ? {} : { onRange: commitRange })}
            live={live}
          />
        )}
      </Field>
      {times.stop === null ? (
        <div className="grid content-start gap-1.5 text-sm">
          <span className="font-medium">{t.editor.end}</span>
          <span className="flex h-9 items-center text-muted-foreground">{t.editor.running}</span>
        </div>
      ) : (
        <Field
          label={
            <>
              {t.editor.end}
              {days > 0 && (
                <span className="font-normal text-muted-foreground"> {t.editor.daysLater(days)}</span>
              )}
            </>
          }
          error={errors.stoppedAt}
          hint={notes.stop}
        >
          {(field) => (
            <ClockInput
              {...field}
              value={times.stop ?? times.start}
              timeZone={timeZone}
              onCommit={commitStop}
              live={live}
            />
          )}
        </Field>
      )}
      <Field label={t.editor.date}>
        {(field) => (
          <DateInput
            {...field}
            className="px-2.5"
            required
            value={startDay.toString()}
            onCommit={(text) => {
              const day = parseDay(text);
              if (day) onChange(withDay(times, day, timeZone));
            }}
          />
        )}
      </Field>
      {times.stop !== null && (
        <Field label={t.editor.duration}>
          {(field) => (
            <DurationInput
              {...field}
              seconds={Math.floor(((times.stop ?? 0) - times.start) / 1000)}
              onCommit={(seconds) => onChange(withDuration(times, seconds))}
            />
          )}
        </Field>
      )}
      {live && (
        <p className="col-span-2 text-[0.8125rem] text-muted-foreground">
          {times.stop === null ? t.editor.savedAtOnce : t.editor.savedAtOnceRange}
        </p>
      )}
    </div>
  );
}

interface Notes {
  start?: string | undefined;
  startError?: string | undefined;
  stop?: string | undefined;
}

/** What is said of a time in the hour that the clocks skip. */
function skipped(typed: ClockTime, at: number, timeZone: string): string | undefined {
  // A stop of the start's minute has its seconds: the minute is the one that was typed all the same.
  const { hour, minute } = zoned(at, timeZone);
  if (hour === typed.hour && minute === typed.minute) return undefined;
  return t.editor.skipped(formatWallTime(typed), formatClock(at, timeZone));
}

interface DurationInputProps {
  id: string;
  'aria-invalid': boolean;
  'aria-describedby': string | undefined;
  seconds: number;
  onCommit: (seconds: number) => void;
}

function DurationInput({ seconds, onCommit, ...field }: DurationInputProps) {
  return (
    <CommittedInput
      {...field}
      value={formatExactDuration(seconds)}
      canRead={(text) => parseDuration(text) !== null}
      example={t.form.example.duration}
      onCommit={(text) => {
        const typed = parseDuration(text);
        if (typed !== null && typed !== seconds) onCommit(typed);
      }}
    />
  );
}
