import { useTimeZone } from '@/entities/me/me';
import { useSplitEntry } from './mutations';
import type { Entry } from '@/api/types';
import { ClockInput } from '@/components/clock-input';
import { Duration } from '@/components/duration';
import { Field } from '@/components/ui/field';
import { FormDialog } from '@/components/ui/form-dialog';
import { useForm } from '@/hooks/use-form';
import { cutAt } from '@/lib/time/edits';
import { formatClock, formatClockRange } from '@/lib/time/format';
import { toMillis, toTimestamp } from '@/lib/time/zoned';
import { t } from '@/messages/later';

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
  const form = useForm({
    keep: `split ${entry.id}`,
    toValues: () => ({ at: middle(start, stop) }),
    codes: { invalid_time: 'at' },
    send: ({ values }) => split.send({ entry, at: toTimestamp(values.at) }),
    onDone: onClose,
    queued: { refused: t.editor.notSplit },
  });
  const { at } = form.values;
  const inside = at > start && at < stop;
  const exactly = (time: number) => formatClock(time, timeZone, { seconds: true });

  return (
    <FormDialog
      form={form}
      title={t.editor.splitTitle}
      description={entry.description || undefined}
      submit={t.editor.split}
      disabled={!inside}
      onClose={onClose}
      className="sm:max-w-sm"
    >
      <Field
        label={t.editor.splitAt}
        error={inside ? form.fieldError('at') : t.editor.between(exactly(start), exactly(stop))}
      >
        {(field) => (
          <ClockInput
            {...field}
            value={at}
            timeZone={timeZone}
            onCommit={(time) => form.set({ at: cutAt({ start, stop }, at, time, timeZone) })}
          />
        )}
      </Field>
      <ol aria-label={t.editor.splitParts} className="grid gap-1.5 text-sm">
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
    </FormDialog>
  );
}
