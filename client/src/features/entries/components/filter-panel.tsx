import { useQuery } from '@tanstack/react-query';
import { Tag as TagIcon } from 'lucide-react';
import { DateInput } from '@/components/date-input';
import { Button } from '@/components/ui/button';
import { Input, NativeSelect } from '@/components/ui/input';
import { Segmented } from '@/components/ui/segmented';
import { PATH_SEPARATOR, useCatalog, useTags } from '@/entities/catalog/catalog';
import { TagPicker } from '@/entities/catalog/tag-picker';
import { meQuery } from '@/entities/me/me';
import { useMembers } from '@/entities/me/members';
import { seesAllTime } from '@/entities/me/role-rules';
import { useToday } from '@/entities/me/use-today';
import { useTypedText } from '@/hooks/use-typed-text';
import { t } from '@/messages/later';
import { rangePresets, type EntriesSearch } from '../search';

const BOUNDS = ['from', 'to'] as const;

interface FilterPanelProps {
  search: EntriesSearch;
  onChange: (changes: Partial<EntriesSearch>) => void;
  /** A choice after which the panel is no longer needed. */
  onDone: () => void;
}

/** Every filter of the list. */
export function FilterPanel(props: FilterPanelProps) {
  const { search, onChange } = props;
  const { tags, byId } = useTags();
  const catalog = useCatalog().data;
  const tagNames = (search.tag ?? []).map((id) => byId.get(id)?.name ?? t.filters.unknownTag).join(', ');
  return (
    <div className="grid gap-3">
      <TextFilter {...props} />
      <RangeFilter {...props} />
      <MemberFilter {...props} />
      <PlaceFilter {...props} />
      {catalog && catalog.clients.length > 0 && (
        <NativeSelect
          aria-label={t.filters.client}
          value={search.client ?? ''}
          onChange={(event) => onChange({ client: event.currentTarget.value || undefined })}
        >
          <option value="">{t.filters.allClients}</option>
          {catalog.clients.map((client) => (
            <option key={client.id} value={client.id}>
              {client.name}
            </option>
          ))}
        </NativeSelect>
      )}
      {tags.length > 0 && (
        <TagPicker
          existingOnly
          value={search.tag ?? []}
          onChange={(ids) => onChange({ tag: ids.length > 0 ? ids : undefined })}
          trigger={
            <Button
              aria-label={tagNames ? t.entry.tagsAre(tagNames) : t.filters.tags}
              className="justify-start font-normal"
            >
              <TagIcon aria-hidden />
              <span className="truncate">{tagNames || t.filters.anyTag}</span>
            </Button>
          }
        />
      )}
      <Segmented<'any' | 'yes' | 'no'>
        label={t.filters.billable}
        value={search.billable === undefined ? 'any' : search.billable ? 'yes' : 'no'}
        onChange={(value) => onChange({ billable: value === 'any' ? undefined : value === 'yes' })}
        options={[
          { value: 'any', label: t.filters.all },
          { value: 'yes', label: t.entry.billable },
          { value: 'no', label: t.entry.notBillable },
        ]}
      />
    </div>
  );
}

/** The search field, where the bar has no room for one until something is searched for. */
function TextFilter({ search, onChange }: FilterPanelProps) {
  const [text, setText] = useTypedText(search.q ?? '', (q) => onChange({ q: q || undefined }));
  return (
    <Input
      type="search"
      aria-label={t.filter.search}
      placeholder={t.filter.search}
      maxLength={500}
      value={text}
      onChange={(event) => setText(event.currentTarget.value)}
      className="lg:hidden"
    />
  );
}

function RangeFilter({ search, onChange, onDone }: FilterPanelProps) {
  const presets = rangePresets(useToday());
  const choose = (changes: Partial<EntriesSearch>) => {
    onChange(changes);
    onDone();
  };
  return (
    <fieldset className="grid gap-2">
      <legend className="sr-only">{t.filters.days}</legend>
      <div className="grid grid-cols-2 gap-0.5">
        <Button
          variant="ghost"
          size="sm"
          className="justify-start aria-pressed:bg-accent"
          aria-pressed={!search.from && !search.to}
          onClick={() => choose({ from: undefined, to: undefined })}
        >
          {t.dayFilter.allTime}
        </Button>
        {presets.map(({ id, label, from, to }) => (
          <Button
            key={id}
            variant="ghost"
            size="sm"
            aria-pressed={from === search.from && to === search.to}
            className="justify-start aria-pressed:bg-accent"
            onClick={() => choose({ from, to })}
          >
            {label}
          </Button>
        ))}
      </div>
      <div className="grid gap-2">
        {BOUNDS.map((bound) => (
          <label
            key={bound}
            className="grid grid-cols-[3rem_minmax(0,1fr)] items-center text-[0.8125rem] font-medium"
          >
            {t.filters[bound]}
            <DateInput
              value={search[bound] ?? ''}
              onCommit={(text) => onChange({ [bound]: text || undefined })}
              className="px-2.5"
            />
          </label>
        ))}
      </div>
    </fieldset>
  );
}

/** Whose entries are listed: those of all members for whom the user may see them, or of the projects that the user leads. */
function MemberFilter({ search, onChange }: FilterPanelProps) {
  const me = useQuery(meQuery).data;
  const others = useMembers().data?.filter(({ id, leftAt }) => id !== me?.user.id && leftAt === null) ?? [];
  if (!me || (others.length === 0 && search.member === undefined)) return null;
  return (
    <NativeSelect
      aria-label={t.filterMember.label}
      value={search.member ?? ''}
      onChange={(event) => onChange({ member: event.currentTarget.value || undefined })}
    >
      <option value="">{t.filterMember.mine}</option>
      <option value="all">{seesAllTime(me.role) ? t.filterMember.everyone : t.filterMember.led}</option>
      {seesAllTime(me.role) &&
        others.map(({ id, name }) => (
          <option key={id} value={id}>
            {name}
          </option>
        ))}
    </NativeSelect>
  );
}

function PlaceFilter({ search, onChange }: FilterPanelProps) {
  const catalog = useCatalog().data;
  const value = search.category
    ? `category ${search.category}`
    : search.project
      ? `project ${search.project}`
      : '';
  return (
    <NativeSelect
      aria-label={t.filters.place}
      value={value}
      onChange={(event) => {
        const [kind, id] = event.currentTarget.value.split(' ');
        onChange({
          project: kind === 'project' ? id : undefined,
          category: kind === 'category' ? id : undefined,
        });
      }}
    >
      <option value="">{t.filters.allProjects}</option>
      {catalog?.projects.map((project) => (
        <optgroup key={project.id} label={project.archived ? t.filters.archived(project.name) : project.name}>
          <option value={`project ${project.id}`}>{t.filters.allOf(project.name)}</option>
          {catalog.places
            .filter((place) => place.project.id === project.id)
            .map((place) => (
              <option key={place.category.id} value={`category ${place.category.id}`}>
                {place.path.join(PATH_SEPARATOR)}
              </option>
            ))}
        </optgroup>
      ))}
    </NativeSelect>
  );
}
