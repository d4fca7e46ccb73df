import { ChevronDown } from 'lucide-react';
import type { ReactElement, ReactNode } from 'react';
import { useCatalog } from '@/entities/catalog/catalog';
import { cn } from '@/lib/cn';
import { deferred } from '@/lib/deferred';
import { usePopup } from '@/components/ui/popup';
import { CategoryLabel } from '@/entities/catalog/category-label';
import { PATH_SEPARATOR } from '@/entities/catalog/catalog';
import { t } from '@/messages/first';

const part = deferred(() => import('./category-panel'), 'idle');

interface PickerProps {
  value: string | null;
  onPick: (categoryId: string, projectId: string) => void;
  open?: boolean;
  onOpenChange?: (open: boolean) => void;
  /** Above the list: what picking will do. */
  header?: ReactNode;
}

interface CategoryPopupProps extends PickerProps {
  trigger: ReactElement;
}

/** Search over client, project and path at any button; what is missing is created on the spot. */
export function CategoryPopup({ value, onPick, open, onOpenChange, header, trigger }: CategoryPopupProps) {
  const { button, loaded, panel } = usePopup('combobox', part, trigger, open, onOpenChange);
  return (
    <>
      {button}
      {loaded && <loaded.CategoryPanel value={value} onPick={onPick} header={header} {...panel} />}
    </>
  );
}

interface CategoryPickerProps extends PickerProps {
  id?: string;
  'aria-invalid'?: boolean;
  'aria-describedby'?: string | undefined;
  className?: string;
}

/** A field that holds a category. */
export function CategoryPicker({
  className,
  value,
  onPick,
  open,
  onOpenChange,
  header,
  ...props
}: CategoryPickerProps) {
  const catalog = useCatalog().data;
  const place = value ? catalog?.place(value) : undefined;
  return (
    <CategoryPopup
      value={value}
      onPick={onPick}
      {...(open === undefined ? {} : { open })}
      {...(onOpenChange ? { onOpenChange } : {})}
      header={header}
      trigger={
        <button
          {...props}
          type="button"
          aria-label={
            place
              ? t.entry.categoryIs([place.project.name, ...place.path].join(PATH_SEPARATOR))
              : t.entry.pickCategory
          }
          className={cn('picker', className)}
        >
          {place ? (
            <CategoryLabel place={place} className="flex-1" />
          ) : (
            <span className="flex-1 truncate text-muted-foreground">{t.entry.pickCategory}</span>
          )}
          <ChevronDown aria-hidden className="size-4 shrink-0 text-muted-foreground" />
        </button>
      }
    />
  );
}
