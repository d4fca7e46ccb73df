import { Combobox } from '@base-ui/react/combobox';
import { Check, Search } from 'lucide-react';
import { useState } from 'react';
import { ColorDot } from '@/components/color-dot';
import { focusAfter, type PanelProps } from '@/components/ui/popup';
import { rank } from '@/lib/rank';
import { t } from '@/messages/later';
import type { FilterOption } from './filter-menu';

/** More are found by typing. */
const MAX_OPTIONS = 200;

interface FilterMenuPanelProps extends PanelProps {
  label: string;
  options: readonly FilterOption[];
  value: readonly string[];
  onChange: (ids: string[]) => void;
}

/** What opens at the button of a filter: what can be chosen, with a search. */
export function FilterMenuPanel({
  id,
  anchor,
  label,
  options,
  value,
  onChange,
  ...state
}: FilterMenuPanelProps) {
  const [query, setQuery] = useState('');
  const typed = query.trim();
  const found = (
    typed === ''
      ? options
      : options.filter(
          (option) => rank([option.note, option.label].filter(Boolean).join(' '), typed) !== null,
        )
  ).slice(0, MAX_OPTIONS);
  const selected = options.filter((option) => value.includes(option.id));
  const change = (chosen: FilterOption[]) => {
    const added = chosen.find((option) => !value.includes(option.id));
    if (added?.alone) onChange([added.id]);
    else onChange(chosen.filter((option) => !option.alone).map((option) => option.id));
  };
  return (
    <Combobox.Root<FilterOption, true>
      {...state}
      multiple
      items={found}
      filter={null}
      value={selected}
      onValueChange={change}
      inputValue={query}
      onInputValueChange={setQuery}
      itemToStringLabel={(option) => option.label}
      itemToStringValue={(option) => option.id}
      isItemEqualToValue={(a, b) => a.id === b.id}
      autoHighlight
    >
      <Combobox.Portal>
        <Combobox.Positioner
          anchor={anchor}
          sideOffset={6}
          align="start"
          collisionPadding={8}
          className="z-50"
        >
          <Combobox.Popup
            id={id}
            finalFocus={focusAfter({ id, anchor })}
            aria-label={label}
            className="flex max-h-[min(24rem,var(--available-height))] w-72 popup-motion flex-col overflow-hidden rounded-xl border bg-surface shadow-pop"
          >
            <div className="flex items-center gap-2 border-b px-3">
              <Search aria-hidden className="size-4 shrink-0 text-muted-foreground" />
              <Combobox.Input
                aria-label={t.reports.searchIn(label)}
                placeholder={t.reports.searchIn(label)}
                className="h-10 w-full bg-transparent text-base outline-none placeholder:text-muted-foreground sm:text-sm"
              />
            </div>
            <Combobox.Empty className="px-4 text-center text-sm text-muted-foreground not-empty:py-6">
              {t.reports.nothingFound}
            </Combobox.Empty>
            <Combobox.List className="min-h-0 overflow-y-auto overscroll-contain p-1.5 empty:hidden">
              {(option: FilterOption) => (
                <Combobox.Item
                  key={option.id}
                  value={option}
                  className="flex min-h-9 items-center gap-2.5 rounded-lg px-2.5 py-1.5 text-sm outline-none data-highlighted:bg-accent"
                >
                  <span className="flex size-4 shrink-0 items-center justify-center rounded border border-input">
                    <Combobox.ItemIndicator>
                      <Check aria-hidden className="size-3.5 text-primary" strokeWidth={3} />
                    </Combobox.ItemIndicator>
                  </span>
                  <span
                    className="flex min-w-0 items-center gap-2"
                    style={{ paddingLeft: typed === '' ? `${(option.depth ?? 0) * 0.75}rem` : undefined }}
                  >
                    {option.color && <ColorDot color={option.color} />}
                    <bdi className="max-w-4/5 shrink-0 truncate">{option.label}</bdi>
                    {option.note && (
                      <bdi className="truncate text-[0.8125rem] text-muted-foreground">{option.note}</bdi>
                    )}
                  </span>
                </Combobox.Item>
              )}
            </Combobox.List>
          </Combobox.Popup>
        </Combobox.Positioner>
      </Combobox.Portal>
    </Combobox.Root>
  );
}
