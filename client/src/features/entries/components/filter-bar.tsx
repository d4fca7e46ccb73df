import { ListFilter, Search } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { flushSync } from 'react-dom';
import { Button } from '@/components/ui/button';
import { Input } from '@/components/ui/input';
import { Popover } from '@/components/ui/popover';
import { Kbd } from '@/components/ui/tooltip';
import { useShortcut } from '@/hooks/use-shortcut';
import { useTypedText } from '@/hooks/use-typed-text';
import { cn } from '@/lib/cn';
import { deferred, useDeferred } from '@/lib/deferred';
import { t } from '@/messages/first';
import { countFilters, type EntriesSearch } from '../search';

const part = deferred(() => import('./filter-panel'));

interface FilterBarProps {
  search: EntriesSearch;
  onChange: (changes: Partial<EntriesSearch>) => void;
}

/** Which entries are listed. Everything chosen here is in the URL. */
export function FilterBar({ search, onChange }: FilterBarProps) {
  const [open, setOpen] = useState(false);
  const loaded = useDeferred(part, open);
  const count = countFilters({ ...search, q: undefined });
  return (
    <div
      role="search"
      aria-label={t.filter.label}
      className="flex min-w-0 flex-1 items-center gap-1.5 max-lg:justify-end"
    >
      <TextFilter value={search.q ?? ''} onChange={(q) => onChange({ q: q || undefined })} />
      <Popover
        title={t.filter.label}
        open={open}
        onOpenChange={setOpen}
        align="end"
        className="w-80 p-3"
        trigger={
          <Button aria-label={count > 0 ? t.filter.buttonCount(count) : t.filter.button} className="px-2.5">
            <ListFilter aria-hidden />
            <span className="max-sm:sr-only">{t.filter.button}</span>
            {count > 0 && (
              <span className="rounded-full bg-primary px-1.5 text-xs text-primary-foreground tabular">
                {count}
              </span>
            )}
          </Button>
        }
      >
        {loaded && <loaded.FilterPanel search={search} onChange={onChange} onDone={() => setOpen(false)} />}
      </Popover>
    </div>
  );
}

function TextFilter({ value, onChange }: { value: string; onChange: (text: string) => void }) {
  const input = useRef<HTMLInputElement>(null);
  const [text, setText] = useTypedText(value, onChange);
  /** On a small screen the field is there when it is asked for. */
  const [asked, setAsked] = useState(window.location.hash === '#search');
  useShortcut('/', () => {
    flushSync(() => setAsked(true));
    input.current?.focus();
  });
  useEffect(() => {
    if (window.location.hash === '#search') input.current?.focus();
  }, []);

  return (
    <div className={cn('relative min-w-0 flex-1 lg:max-w-60', value === '' && !asked && 'max-lg:hidden')}>
      <Search
        aria-hidden
        className="pointer-events-none absolute top-2.5 left-2.5 size-4 text-muted-foreground"
      />
      <Input
        ref={input}
        type="search"
        aria-label={t.filter.search}
        placeholder={t.filter.searchShort}
        maxLength={500}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === 'Escape') {
            setText('');
            event.currentTarget.blur();
          }
        }}
        className="pr-8 pl-8"
      />
      {text === '' && (
        <span
          aria-hidden
          className="pointer-events-none absolute top-2 right-2 text-muted-foreground max-lg:hidden"
        >
          <Kbd>/</Kbd>
        </span>
      )}
    </div>
  );
}
