import { useState } from 'react';
import type { Entry } from '@/api/types';
import { Elapsed } from '@/components/duration';
import { Popover } from '@/components/ui/popover';
import { deferred, useDeferred } from '@/lib/deferred';
import { t } from '@/messages/first';

const part = deferred(() => import('./running-panel'));

export interface RunningTimeProps {
  running: Entry;
  onStartedAt: (startedAt: string) => void;
  onDiscard: () => void;
}

/** The elapsed time; behind it, when the timer began and the way to throw it away. */
export function RunningTime({ onDiscard, ...props }: RunningTimeProps) {
  const [open, setOpen] = useState(false);
  const loaded = useDeferred(part, open);
  const { running } = props;
  return (
    <Popover
      open={open}
      onOpenChange={setOpen}
      align="end"
      title={t.timer.whenStarted}
      className="w-64"
      trigger={
        <button type="button" title={t.timer.elapsed} className="rounded-lg px-2 py-1.5 hover:bg-muted">
          <Elapsed since={running.startedAt} className="font-semibold tracking-tight" />
        </button>
      }
    >
      {loaded && (
        <loaded.RunningPanel
          {...props}
          onDiscard={() => {
            setOpen(false);
            onDiscard();
          }}
        />
      )}
    </Popover>
  );
}
