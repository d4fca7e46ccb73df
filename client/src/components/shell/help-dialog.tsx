import { Dialog } from '@/components/ui/dialog';
import { Kbd } from '@/components/ui/tooltip';

const shortcuts = [
  { keys: ['n'], does: 'Focus the timer' },
  { keys: ['s'], does: 'Start or stop the timer' },
  { keys: ['/'], does: 'Search your entries' },
  { keys: ['?'], does: 'Show this list' },
  { keys: ['Enter'], does: 'Start the timer from its description; save a field' },
  { keys: ['Esc'], does: 'Discard the edit; close what is open' },
  { keys: ['Shift', 'click'], does: 'Select all entries in between' },
] as const;

export function HelpDialog({ open, onOpenChange }: { open: boolean; onOpenChange: (open: boolean) => void }) {
  return (
    <Dialog open={open} onOpenChange={onOpenChange} title="Keyboard shortcuts" className="sm:max-w-md">
      <dl className="divide-y divide-border/70">
        {shortcuts.map(({ keys, does }) => (
          <div key={does} className="flex items-center justify-between gap-4 py-2.5 text-sm">
            <dt className="order-2 flex gap-1 text-muted-foreground">
              {keys.map((key) => (
                <Kbd key={key}>{key}</Kbd>
              ))}
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
      <h3 className="mt-5 text-sm font-semibold">Time formats</h3>
      <p className="mt-1 text-sm text-muted-foreground">
        Times of day: <Sample>9</Sample>, <Sample>930</Sample>, <Sample>9:30</Sample>, <Sample>9.30pm</Sample>
        . Durations: <Sample>1h 30m</Sample>, <Sample>1:30</Sample>, <Sample>90m</Sample>,{' '}
        <Sample>1.5</Sample> (hours).
      </p>
      <p className="mt-3 text-sm text-muted-foreground">
        In the category picker, <Sample>Project / Category / Subcategory</Sample> creates what is missing on
        the way.
      </p>
    </Dialog>
  );
}

function Sample({ children }: { children: string }) {
  return <code className="rounded bg-muted px-1 py-0.5 text-[0.8125rem] text-foreground">{children}</code>;
}
