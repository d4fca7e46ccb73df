import { ClockInput } from '@/components/clock-input';
import { CommittedInput } from '@/components/committed-input';
import { DateInput } from '@/components/date-input';
import { Field } from '@/components/ui/field';
import { formatDuration } from '@/lib/time/format';
import { parseDuration } from '@/lib/time/parse';
import { dayOf, parseDay } from '@/lib/time/zoned';
import { withDay, withDuration, withStart, withStop, type Times } from '../time-edits';

export interface TimeFieldsProps {
  times: Times;
  timeZone: string;
  onChange: (times: Times) => void;
  errors?: { startedAt?: string | undefined; stoppedAt?: string | undefined };
}

/** Start, end, date and length of an entry; each change is complete in itself. */
export function TimeFields({ times, timeZone, onChange, errors = {} }: TimeFieldsProps) {
  const startDay = dayOf(times.start, timeZone);
  const days = times.stop === null ? 0 : startDay.until(dayOf(times.stop, timeZone)).days;

  return (
    <div className="grid grid-cols-2 gap-x-3 gap-y-3.5">
      <Field label="Start" error={errors.startedAt}>
        {(field) => (
          <ClockInput
            {...field}
            value={times.start}
            timeZone={timeZone}
            onCommit={(time) => onChange(withStart(times, time, timeZone))}
          />
        )}
      </Field>
      {times.stop === null ? (
        <div className="grid content-start gap-1.5 text-sm">
          <span className="font-medium">End</span>
          <span className="flex h-9 items-center text-muted-foreground">running</span>
        </div>
      ) : (
        <Field
          label={
            <>
              End
              {days > 0 && (
                <span className="font-normal text-muted-foreground">
                  {' '}
                  {days === 1 ? 'next day' : `${days} days later`}
                </span>
              )}
            </>
          }
          error={errors.stoppedAt}
        >
          {(field) => (
            <ClockInput
              {...field}
              value={times.stop ?? times.start}
              timeZone={timeZone}
              onCommit={(time) => onChange(withStop(times, time, timeZone))}
            />
          )}
        </Field>
      )}
      <Field label="Date">
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
        <Field label="Duration">
          {(field) => (
            <DurationInput
              {...field}
              seconds={Math.floor(((times.stop ?? 0) - times.start) / 1000)}
              onCommit={(seconds) => onChange(withDuration(times, seconds))}
            />
          )}
        </Field>
      )}
    </div>
  );
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
      value={formatDuration(seconds)}
      canRead={(text) => parseDuration(text) !== null}
      example="Type a length such as 1h 30m, 1:30 or 90m."
      onCommit={(text) => {
        const typed = parseDuration(text);
        if (typed !== null && typed !== seconds) onCommit(typed);
      }}
    />
  );
}
