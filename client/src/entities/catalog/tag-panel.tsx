import { Combobox } from '@base-ui/react/combobox';
import { Check, Plus, Search } from 'lucide-react';
import { useState } from 'react';
import { useCreateTag, useTags } from './catalog';
import type { Tag } from '@/api/types';
import { focusAfter, type PanelProps } from '@/components/ui/popup';
import { toast } from '@/components/ui/toast';
import { t } from '@/messages/picker';

type Option = { kind: 'tag'; id: string; name: string } | { kind: 'create'; id: 'create'; name: string };

interface TagPanelProps extends PanelProps {
  value: readonly string[];
  onChange: (tagIds: string[]) => void;
  existingOnly: boolean;
}

function optionOf(tag: Tag): Option {
  return { kind: 'tag', id: tag.id, name: tag.name };
}

/** What opens at the button of a tag picker. */
export function TagPanel({ id, anchor, value, onChange, existingOnly, ...state }: TagPanelProps) {
  const { query: list, tags, byId } = useTags();
  const createTag = useCreateTag();
  const [query, setQuery] = useState('');

  const typed = query.trim();
  const matches = tags.filter((tag) => tag.name.toLowerCase().includes(typed.toLowerCase())).map(optionOf);
  const exists = tags.some((tag) => tag.name.toLowerCase() === typed.toLowerCase());
  const items: Option[] =
    typed && list.data && !exists && !existingOnly
      ? [...matches, { kind: 'create', id: 'create', name: typed }]
      : matches;
  const selected = value.flatMap((id) => {
    const tag = byId.get(id);
    return tag ? [optionOf(tag)] : [];
  });

  const change = async (options: Option[]) => {
    const ids = options.filter((option) => option.kind === 'tag').map((option) => option.id);
    const wanted = options.find((option) => option.kind === 'create');
    if (!wanted) {
      onChange(ids);
      return;
    }
    try {
      const made = await createTag.mutateAsync(wanted.name);
      onChange([...ids, made.id]);
      setQuery('');
    } catch (error) {
      toast.error(error, { title: t.picker.tagNotCreated });
    }
  };

  return (
    <Combobox.Root<Option, true>
      {...state}
      multiple
      items={items}
      filter={null}
      value={selected}
      onValueChange={(options) => void change(options)}
      inputValue={query}
      onInputValueChange={setQuery}
      itemToStringLabel={(option) => option.name}
      itemToStringValue={(option) => option.id}
      isItemEqualToValue={(a, b) => a.id === b.id}
      autoHighlight
    >
      <Combobox.Portal>
        <Combobox.Positioner anchor={anchor} sideOffset={6} align="end" collisionPadding={8} className="z-50">
          <Combobox.Popup
            id={id}
            finalFocus={focusAfter({ id, anchor })}
            aria-label={t.entry.tags}
            className="flex max-h-[min(22rem,var(--available-height))] w-64 popup-motion flex-col overflow-hidden rounded-xl border bg-surface shadow-pop"
          >
            <div className="flex items-center gap-2 border-b px-3">
              <Search aria-hidden className="size-4 shrink-0 text-muted-foreground" />
              <Combobox.Input
                aria-label={existingOnly ? t.picker.tags : t.picker.tagsOrNew}
                placeholder={existingOnly ? t.picker.tags : t.picker.tagsOrNew}
                className="h-10 w-full bg-transparent text-sm outline-none placeholder:text-muted-foreground"
              />
            </div>
            <Combobox.Empty className="px-4 text-center text-sm text-muted-foreground not-empty:py-6">
              {!list.data
                ? list.isError
                  ? t.state.failed
                  : t.list.loadingMore
                : tags.length === 0 && !existingOnly
                  ? t.picker.noTags
                  : t.picker.noTagFound}
            </Combobox.Empty>
            <Combobox.List className="min-h-0 overflow-y-auto overscroll-contain p-1.5 empty:hidden">
              {(option: Option) => (
                <Combobox.Item
                  key={option.id}
                  value={option}
                  className="flex min-h-9 items-center gap-2.5 rounded-lg px-2.5 py-1.5 text-sm outline-none data-highlighted:bg-accent"
                >
                  {option.kind === 'create' ? (
                    <>
                      <Plus aria-hidden className="size-4 shrink-0 text-primary" />
                      <span className="truncate">{t.picker.createTag(option.name)}</span>
                    </>
                  ) : (
                    <>
                      <span className="flex size-4 shrink-0 items-center justify-center rounded border border-input">
                        <Combobox.ItemIndicator>
                          <Check aria-hidden className="size-3.5 text-primary" strokeWidth={3} />
                        </Combobox.ItemIndicator>
                      </span>
                      <span className="truncate">{option.name}</span>
                    </>
                  )}
                </Combobox.Item>
              )}
            </Combobox.List>
          </Combobox.Popup>
        </Combobox.Positioner>
      </Combobox.Portal>
    </Combobox.Root>
  );
}
