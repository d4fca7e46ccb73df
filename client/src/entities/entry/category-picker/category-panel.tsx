import { Combobox } from '@base-ui/react/combobox';
import { Check, Plus, Search } from 'lucide-react';
import { useMemo, useState, type ReactNode } from 'react';
import { useCatalog } from '@/entities/catalog/catalog';
import { useMay } from '@/entities/me/use-may';
import { Highlighted } from '@/components/highlighted';
import { ColorDot } from '@/components/color-dot';
import { focusAfter, type PanelProps } from '@/components/ui/popup';
import { toast } from '@/components/ui/toast';
import { CategoryLabel } from '@/entities/catalog/category-label';
import { PATH_SEPARATOR } from '@/entities/catalog/catalog';
import { firstOptions, pickerGroups, type PickerGroup, type PickerOption } from './options';
import { useRecentCategories } from './use-recent-categories';
import { useRunPlan } from './use-run-plan';
import { t } from '@/messages/picker';

/** So many options are drawn at first, and so many more each time that the end of them comes near: a list of hundreds opens as fast as a short one. */
const FIRST_OPTIONS = 40;
const MORE_OPTIONS = 100;
/** The end is near when so many pixels, or options, are left. */
const NEAR_PIXELS = 400;
const NEAR_OPTIONS = 5;

interface CategoryPanelProps extends PanelProps {
  value: string | null;
  onPick: (categoryId: string, projectId: string) => void;
  header?: ReactNode;
}

/** What opens at the button of a category picker. */
export function CategoryPanel({ id, anchor, value, onPick, header, ...state }: CategoryPanelProps) {
  const { data: catalog, error } = useCatalog();
  const recent = useRecentCategories();
  const plan = useRunPlan();
  const creates = useMay()('manage_projects');
  const [query, setQuery] = useState('');
  const groups = useMemo(
    () => (catalog ? pickerGroups({ catalog, query, recent, selected: value, creates }) : []),
    [catalog, query, recent, value, creates],
  );
  const [drawn, setDrawn] = useState({ query, count: FIRST_OPTIONS });
  const count = drawn.query === query ? drawn.count : FIRST_OPTIONS;
  const shown = useMemo(() => firstOptions(groups, count), [groups, count]);
  const drawMore = () => setDrawn({ query, count: count + MORE_OPTIONS });
  const place = value ? catalog?.place(value) : undefined;
  const selected: PickerOption | null = place ? { kind: 'category', key: place.category.id, place } : null;

  const pick = async (option: PickerOption) => {
    if (option.kind === 'category') {
      onPick(option.place.category.id, option.place.project.id);
      return;
    }
    try {
      const made = await plan(option.plan);
      onPick(made.id, made.projectId);
    } catch (reason) {
      toast.error(reason, { title: t.picker.notCreated });
    }
  };

  return (
    <Combobox.Root<PickerOption>
      {...state}
      items={shown}
      filter={null}
      value={selected}
      onValueChange={(option) => {
        if (option) void pick(option);
      }}
      inputValue={query}
      onInputValueChange={(next, details) => {
        // Choosing an item writes its label into the input; what was typed is not to be changed by it.
        if (details.reason === 'input-change' || details.reason === 'input-clear') setQuery(next);
      }}
      itemToStringLabel={optionName}
      itemToStringValue={(option) => option.key}
      isItemEqualToValue={(a, b) =>
        a.kind === 'category' && b.kind === 'category' && a.place.category.id === b.place.category.id
      }
      autoHighlight
      onItemHighlighted={(_option, { index }) => {
        if (index >= count - NEAR_OPTIONS) drawMore();
      }}
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
            aria-label={t.entry.pickCategory}
            className="flex max-h-[min(26rem,var(--available-height))] w-[min(24rem,calc(100vw-1rem))] popup-motion flex-col overflow-hidden rounded-xl border bg-surface shadow-pop"
          >
            {header && <div className="border-b p-2">{header}</div>}
            <div className="flex items-center gap-2 border-b px-3">
              <Search aria-hidden className="size-4 shrink-0 text-muted-foreground" />
              <Combobox.Input
                // With nothing typed, Enter picks the first of the recent ones: it is marked from the start.
                onFocus={({ currentTarget }) => {
                  if (query === '' && value === null) markFirst(currentTarget);
                }}
                aria-label={t.picker.category}
                placeholder={t.picker.categoryHint}
                className="h-11 w-full bg-transparent text-sm outline-none placeholder:text-muted-foreground"
              />
            </div>
            <Combobox.Empty className="px-4 text-center text-sm text-muted-foreground not-empty:py-8">
              {catalog ? t.picker.noCategories : error ? t.state.failed : t.list.loadingMore}
            </Combobox.Empty>
            <Combobox.List
              className="min-h-0 overflow-y-auto overscroll-contain p-1.5 empty:hidden"
              onScroll={({ currentTarget: { scrollHeight, scrollTop, clientHeight } }) => {
                const hasMore = groups.reduce((sum, { items }) => sum + items.length, 0) > count;
                if (hasMore && scrollHeight - scrollTop - clientHeight < NEAR_PIXELS) drawMore();
              }}
            >
              {(group: PickerGroup) => (
                <Combobox.Group key={group.key} items={group.items} className="pb-1.5 last:pb-0">
                  <Combobox.GroupLabel className="truncate px-2.5 pt-2 pb-1 text-xs font-medium text-muted-foreground">
                    {group.label}
                  </Combobox.GroupLabel>
                  <Combobox.Collection>
                    {(option: PickerOption) => (
                      <OptionRow
                        key={option.key}
                        option={option}
                        underProject={group.kind === 'project'}
                        typed={query}
                      />
                    )}
                  </Combobox.Collection>
                </Combobox.Group>
              )}
            </Combobox.List>
          </Combobox.Popup>
        </Combobox.Positioner>
      </Combobox.Portal>
    </Combobox.Root>
  );
}

/** As if the arrow had been pressed that goes to the first option. */
function markFirst(input: HTMLInputElement): void {
  requestAnimationFrame(() =>
    input.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowDown', bubbles: true, cancelable: true })),
  );
}

/** An option in words: what screen readers say. */
function optionName(option: PickerOption): string {
  if (option.kind === 'category')
    return [option.place.project.name, ...option.place.path].join(PATH_SEPARATOR);
  const { project, parentPath, names } = option.plan;
  const path = [...parentPath, ...names].join(PATH_SEPARATOR);
  return project.id === null
    ? path === t.picker.defaultCategory
      ? t.picker.createProject(project.name)
      : t.picker.createProjectWith(project.name, path)
    : t.picker.createIn(path, project.name);
}

interface OptionRowProps {
  option: PickerOption;
  underProject: boolean;
  typed: string;
}

function OptionRow({ option, underProject, typed }: OptionRowProps) {
  return (
    <Combobox.Item
      value={option}
      className="flex min-h-9 items-center gap-2.5 rounded-lg px-2.5 py-1.5 text-sm outline-none data-highlighted:bg-accent"
    >
      {option.kind === 'category' ? (
        <>
          {underProject ? (
            <span className="flex min-w-0 flex-1 items-center gap-2.5">
              <ColorDot color={option.place.color} />
              <span className="truncate">
                {option.place.path.length > 1 && (
                  <span className="text-muted-foreground">
                    {option.place.path.slice(0, -1).join(PATH_SEPARATOR)}
                    {PATH_SEPARATOR}
                  </span>
                )}
                {option.place.category.name}
              </span>
            </span>
          ) : (
            <CategoryLabel
              place={option.place}
              show={(name) => <Highlighted text={name} typed={typed} />}
              className="flex-1"
            />
          )}
          <Combobox.ItemIndicator>
            <Check aria-hidden className="size-4 text-primary" />
          </Combobox.ItemIndicator>
        </>
      ) : (
        <>
          <Plus aria-hidden className="size-4 shrink-0 text-primary" />
          <span className="min-w-0 flex-1 truncate">{optionName(option)}</span>
          {option.color && <ColorDot color={option.color} />}
        </>
      )}
    </Combobox.Item>
  );
}
