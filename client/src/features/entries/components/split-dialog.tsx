import { useState } from 'react';
import { errorMessage } from '@/api/errors';
import { useTimeZone } from '@/api/me';
import { useSplitEntry } from '@/api/time-mutations';
import type { Entry } from '@/api/types';
import { ClockInput } from '@/components/clock-input';
import { Duration } from '@/components/duration';
import { Button } from '@/components/ui/button';
import { Dialog, DialogActions } from '@/components/ui/dialog';
import { Field } from '@/components/ui/field';
import { toast } from '@/components/ui/toast';
import { finishDialog } from '@/hooks/finish-dialog';
import { cutAt } from '@/lib/time/edits';
import { formatClock, formatClockRange } from '@/lib/time/format';
import { toMillis, toTimestamp } from '@/lib/time/zoned';

const MINUTE = 60_000;

/** Where an entry is cut unless another time is typed: in its middle, on a whole minute when that lies inside. */
function middle(start: number, stop: number): number {
  const exact = Math.floor((start + stop) / 2);
  const rounded = Math.round(exact / MINUTE) * MINUTE;
  return rounded > start && rounded < stop ? rounded : exact;
}

/** Makes two of one entry. */
export function SplitDialog({
  entry,
  onClose,
}: {
  entry: Entry & { stoppedAt: string };
  onClose: () => void;
}) {
  const timeZone = useTimeZone();
  const split = useSplitEntry();
  const start = toMillis(entry.startedAt);
  const stop = toMillis(entry.stoppedAt);
  const [at, setAt] = useState(() => middle(start, stop));
  const inside = at > start && at < stop;

  return (
    <Dialog
      open
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
      title="Split entry"
      description={entry.description || undefined}
      className="sm:max-w-sm"
    >
      <form
        className="grid gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          if (!inside) return;
          finishDialog(split.send({ entry, at: toTimestamp(at) }), {
            onClose,
            onSuccess: () => toast.success('Entry split in two'),
            // The field says it.
            onError: () => undefined,
            refused: 'The entry was not split',
          });
        }}
      >
        <Field
          label="Split at"
          error={
            inside
              ? split.error && errorMessage(split.error)
              : `Choose a time between ${formatClock(start, timeZone, { seconds: true })} and ${formatClock(stop, timeZone, { seconds: true })}.`
          }
        >
          {(field) => (
            <ClockInput
              {...field}
              value={at}
              timeZone={timeZone}
              onCommit={(time) => setAt(cutAt({ start, stop }, at, time, timeZone))}
            />
          )}
        </Field>
        <ol aria-label="The two entries" className="grid gap-1.5 text-sm">
          {(
            [
              [start, at],
              [at, stop],
            ] as const
          ).map(([from, to], index) => (
            <li key={index} className="flex justify-between rounded-lg bg-muted px-3 py-2">
              <span className="text-muted-foreground tabular">
                {formatClockRange(from, to, timeZone).join(' – ')}
              </span>
              <Duration seconds={(to - from) / 1000} className="font-semibold" />
            </li>
          ))}
        </ol>
        <DialogActions className="mt-1">
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" disabled={!inside || split.isPending}>
            Split
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
