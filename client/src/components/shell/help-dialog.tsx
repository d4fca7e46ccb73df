import { Dialog } from '@/components/ui/dialog';
import { Kbd } from '@/components/ui/tooltip';
import { isMac, paletteKeys } from '@/lib/keyboard';
import { preferences } from '@/lib/preferences';
import { fill } from '@/messages/fill';
import { t } from '@/messages/later';

interface Shortcut {
  /** What is pressed one after the other. */
  keys: readonly string[];
  does: string;
}

function everywhere(): Shortcut[] {
  const { help, keys } = t;
  return [
    { keys: ['n'], does: help.focusTimer },
    { keys: ['s'], does: help.startStop },
    { keys: ['c'], does: help.continueLast },
    { keys: ['a'], does: help.add },
    { keys: ['/'], does: help.search },
    { keys: paletteKeys(), does: help.palette },
    { keys: ['g', 't'], does: `${help.goTo}: ${help.goTimer}` },
    { keys: ['g', 'r'], does: `${help.goTo}: ${help.goReports}` },
    { keys: ['g', 'p'], does: `${help.goTo}: ${help.goProjects}` },
    { keys: ['g', 's'], does: `${help.goTo}: ${help.goSettings}` },
    { keys: ['F6'], does: help.toasts },
    { keys: ['?'], does: help.help },
    { keys: [keys.enter], does: help.enter },
    { keys: [keys.escape], does: help.escape },
  ];
}

function inList(): Shortcut[] {
  const { help, keys } = t;
  return [
    { keys: ['j', 'k'], does: help.move },
    { keys: [keys.enter], does: help.openRow },
    { keys: ['c'], does: help.continueRow },
    { keys: ['e'], does: help.times },
    { keys: ['p'], does: help.category },
    { keys: ['y'], does: help.copyRow },
    { keys: ['x'], does: help.selectRow },
    { keys: [keys.delete], does: help.deleteRow },
    { keys: [isMac ? '⇧' : keys.shift, help.click], does: help.shiftClick },
  ];
}

/** The keys and the forms in which times can be typed. */
export function HelpDialog({ onClose }: { onClose: () => void }) {
  const samples = Object.fromEntries(
    Object.entries({
      a: '9',
      b: '930',
      c: '9:30',
      d: '9.30pm',
      e: '1h 30m',
      f: '1:30',
      g: '90m',
      h: '1.5',
      at: '@',
      hash: '#',
      dollar: '$',
      path: t.help.samplePath,
    }).map(([name, text]) => [name, <Sample key={name}>{text}</Sample>]),
  );
  return (
    <Dialog
      open
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
      title={t.help.title}
      textOnly
      className="sm:max-w-md"
    >
      {!preferences().shortcuts && (
        <p className="mb-2 rounded-lg bg-warning-soft px-3 py-2 text-sm text-warning">{t.help.off}</p>
      )}
      <Shortcuts list={everywhere()} />
      <h3 className="mt-5 text-sm font-semibold">{t.help.rows}</h3>
      <Shortcuts list={inList()} />
      <h3 className="mt-5 text-sm font-semibold">{t.help.timeFormats}</h3>
      {[t.help.clockAndDuration, t.help.path, t.help.inline].map((text) => (
        <p key={text} className="mt-2 text-sm text-muted-foreground">
          {fill(text, samples)}
        </p>
      ))}
    </Dialog>
  );
}

function Shortcuts({ list }: { list: readonly Shortcut[] }) {
  return (
    <dl className="divide-y divide-border/70">
      {list.map(({ keys, does }) => (
        <div key={does} className="flex items-center justify-between gap-4 py-1.5 text-sm">
          <dt className="order-2 flex gap-1 text-muted-foreground">
            {keys.map((key) => (
              <Kbd key={key}>{key}</Kbd>
            ))}
          </dt>
          <dd>{does}</dd>
        </div>
      ))}
    </dl>
  );
}

function Sample({ children }: { children: string }) {
  return <code className="rounded bg-muted px-1 py-0.5 text-[0.8125rem] text-foreground">{children}</code>;
}
