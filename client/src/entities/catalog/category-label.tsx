import type { ReactNode } from 'react';
import type { CategoryPlace } from './catalog';
import { ColorDot } from '@/components/color-dot';
import { PATH_SEPARATOR } from '@/entities/catalog/catalog';
import { cn } from '@/lib/cn';

interface CategoryLabelProps {
  place: CategoryPlace;
  /** How a name is shown, when not as it is. */
  show?: (name: string) => ReactNode;
  className?: string;
}

/** Project and category of an entry in one line. Where there is little room the middle gives way, then the project, and the leaf last. */
export function CategoryLabel({ place, show = (name) => name, className }: CategoryLabelProps) {
  const title = [place.client?.name, place.project.name, ...place.path].filter(Boolean).join(PATH_SEPARATOR);
  const above = place.path.slice(0, -1);
  return (
    <span className={cn('inline-flex min-w-0 items-center gap-2', className)} title={title}>
      <ColorDot color={place.color} />
      <span className="flex min-w-0 overflow-hidden whitespace-pre">
        <bdi
          className="shrink-9999 truncate font-medium"
          style={{ minWidth: `${Math.min(place.project.name.length, 7) * 0.7}ch` }}
        >
          {show(place.project.name)}
        </bdi>
        <span className="shrink-0 text-muted-foreground"> · </span>
        {above.length > 0 && (
          <>
            <bdi className="min-w-[1em] shrink-99999999 truncate text-muted-foreground">
              {show(above.join(PATH_SEPARATOR))}
            </bdi>
            <span className="shrink-0 text-muted-foreground">{PATH_SEPARATOR}</span>
          </>
        )}
        <bdi className="max-w-3/4 truncate text-muted-foreground">{show(place.category.name)}</bdi>
      </span>
    </span>
  );
}
