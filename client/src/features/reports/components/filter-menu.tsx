import { ChevronDown, X } from 'lucide-react';
import { Button } from '@/components/ui/button';
import { usePopup } from '@/components/ui/popup';
import { cn } from '@/lib/cn';
import { deferred } from '@/lib/deferred';
import { t } from '@/messages/later';

const part = deferred(() => import('./filter-menu-panel'));

export interface FilterOption {
  id: string;
  label: string;
  /** What it belongs to, or that it is archived. */
  note?: string | undefined;
  color?: string | undefined;
  /** How far it is moved in, as a category is below another. */
  depth?: number;
  /** It goes with no other: what has none. */
  alone?: boolean;
}

interface FilterMenuProps {
  label: string;
  options: readonly FilterOption[];
  value: readonly string[];
  onChange: (ids: string[]) => void;
}

/** One filter: a button that says what is chosen, and a list to choose from. */
export function FilterMenu({ label, options, value, onChange }: FilterMenuProps) {
  const byId = new Map(options.map((option) => [option.id, option]));
  const [first, ...others] = value.map((id) => byId.get(id)?.label ?? t.reports.unknown);
  const isSet = first !== undefined;
  const chosen = isSet && (others.length > 0 ? t.reports.andOthers(first, others.length) : first);
  const { button, loaded, panel } = usePopup(
    'combobox',
    part,
    <Button
      size="sm"
      aria-label={chosen ? t.reports.filterSet(label, chosen) : label}
      className={cn(
        'max-w-60 font-normal',
        isSet && 'rounded-r-none border-r-0 border-primary/40 bg-accent font-medium text-accent-foreground',
      )}
    >
      <bdi className="truncate">{chosen || label}</bdi>
      {!isSet && <ChevronDown aria-hidden className="text-muted-foreground" />}
    </Button>,
  );
  return (
    <span className="flex">
      {button}
      {isSet && (
        <Button
          size="sm"
          aria-label={t.filters.remove(label)}
          className="rounded-l-none border-l-0 border-primary/40 bg-accent px-1.5 text-accent-foreground"
          onClick={() => onChange([])}
        >
          <X aria-hidden />
        </Button>
      )}
      {loaded && (
        <loaded.FilterMenuPanel
          label={label}
          options={options}
          value={value}
          onChange={onChange}
          {...panel}
        />
      )}
    </span>
  );
}
