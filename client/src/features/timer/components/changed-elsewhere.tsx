import type { Entry } from '@/api/types';
import { Button } from '@/components/ui/button';
import { Kbd } from '@/components/ui/tooltip';
import { fill } from '@/messages/fill';
import { t } from '@/messages/later';

interface ChangedElsewhereProps {
  /** What runs by now. */
  running: Entry | null;
  /** What is typed is for a timer that has not begun. */
  typesDraft: boolean;
  onShow: () => void;
}

/** Under a description that is being edited: another device has started or stopped a timer. */
export function ChangedElsewhere({ running, typesDraft, onShow }: ChangedElsewhereProps) {
  return (
    <div className="flex flex-wrap items-center gap-x-3 gap-y-1 rounded-xl bg-accent px-4 py-2 text-sm text-accent-foreground">
      <p className="min-w-0 flex-1 truncate max-sm:basis-full">
        {running
          ? fill(t.elsewhere.startedElsewhere, {
              name: <bdi>{running.description || t.timer.noDescription}</bdi>,
            })
          : t.elsewhere.stoppedElsewhere}
      </p>
      {running && typesDraft && (
        <span className="text-xs max-sm:flex-1">
          {fill(t.elsewhere.enterSwitches, { key: <Kbd>{t.keys.enter}</Kbd> })}
        </span>
      )}
      <Button
        size="sm"
        // The field would lose the focus, and this button with it, before the click.
        onMouseDown={(event) => event.preventDefault()}
        onClick={onShow}
      >
        {t.elsewhere.show}
      </Button>
    </div>
  );
}
