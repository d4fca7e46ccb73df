import { Autocomplete } from '@base-ui/react/autocomplete';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { Search } from 'lucide-react';
import { useDeferredValue, useRef, useState } from 'react';
import { Dialog } from '@/components/ui/dialog';
import { useCatalog } from '@/entities/catalog/catalog';
import { CategoryLabel } from '@/entities/catalog/category-label';
import { searchEntriesQuery } from '@/entities/entry/queries';
import { usePausedText } from '@/hooks/use-paused-text';
import { t } from '@/messages/later';
import { paletteGroups, type PaletteGroup, type PaletteItem } from '../commands';
import { useCommands } from '../hooks/use-commands';

/** Everything that can be found or done, by typing. */
export function Palette({ onClose }: { onClose: () => void }) {
  const [query, setQuery] = useState('');
  const input = useRef<HTMLInputElement>(null);
  const navigate = useNavigate();
  const catalog = useCatalog().data;
  const commands = useCommands();
  const words = useDeferredValue(query.trim());
  const paused = usePausedText(words);
  const { data: entries, isPlaceholderData } = useQuery(searchEntriesQuery(paused));
  const groups = paletteGroups({
    query: words,
    commands,
    catalog,
    entries: entries ?? [],
    areOld: isPlaceholderData || paused !== words,
  });
  const run = (item: PaletteItem) => {
    onClose();
    switch (item.kind) {
      case 'command':
        item.command.run();
        break;
      case 'project':
        void navigate({ to: '/projects/$projectId', params: { projectId: item.project.id } });
        break;
      case 'category':
        commands.start(item.place);
        break;
      case 'entry':
        commands.resume(item.entry);
        break;
    }
  };
  return (
    <Dialog
      open
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
      title={t.palette.title}
      titleHidden
      initialFocus={input}
      className="sm:max-w-xl"
    >
      <Autocomplete.Root
        items={groups}
        filter={null}
        open
        inline
        autoHighlight="always"
        value={query}
        onValueChange={(next, { reason }) => {
          if (reason === 'input-change') setQuery(next);
        }}
        itemToStringValue={(item: PaletteItem) => item.label}
      >
        <div className="-mx-5 flex items-center gap-2 border-b pr-14 pl-5">
          <Search aria-hidden className="size-4 shrink-0 text-muted-foreground" />
          <Autocomplete.Input
            ref={input}
            aria-label={t.palette.placeholder}
            placeholder={t.palette.placeholder}
            className="h-11 w-full bg-transparent text-base outline-none placeholder:text-muted-foreground sm:text-sm"
          />
        </div>
        <Autocomplete.Empty className="px-4 text-center text-sm text-muted-foreground not-empty:py-8">
          {t.palette.nothing}
        </Autocomplete.Empty>
        <Autocomplete.List className="-mx-3.5 max-h-[min(24rem,60dvh)] overflow-y-auto overscroll-contain pt-1.5">
          {(group: PaletteGroup) => (
            <Autocomplete.Group key={group.key} items={group.items} className="pb-1.5">
              <Autocomplete.GroupLabel className="px-2.5 pt-2 pb-1 text-xs font-medium text-muted-foreground">
                {group.label}
              </Autocomplete.GroupLabel>
              <Autocomplete.Collection>
                {(item: PaletteItem) => (
                  <Autocomplete.Item
                    key={item.key}
                    value={item}
                    onClick={() => run(item)}
                    className="flex min-h-9 items-center justify-between gap-4 rounded-lg px-2.5 py-1.5 text-sm outline-none data-highlighted:bg-accent"
                  >
                    <bdi className="truncate">{item.label}</bdi>
                    {item.kind === 'entry' && item.place && (
                      <CategoryLabel place={item.place} className="max-w-1/2 shrink-0 text-[0.8125rem]" />
                    )}
                  </Autocomplete.Item>
                )}
              </Autocomplete.Collection>
            </Autocomplete.Group>
          )}
        </Autocomplete.List>
      </Autocomplete.Root>
    </Dialog>
  );
}
