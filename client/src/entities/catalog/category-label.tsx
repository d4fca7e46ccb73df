import type { CategoryPlace } from './catalog';
import { cn } from '@/lib/cn';
import { ColorDot } from '@/components/color-dot';
import { PATH_SEPARATOR } from '@/entities/catalog/catalog';

/** Project and category of an entry in one line. */
export function CategoryLabel({ place, className }: { place: CategoryPlace; className?: string }) {
  const title = [place.client?.name, place.project.name, ...place.path].filter(Boolean).join(PATH_SEPARATOR);
  return (
    <span className={cn('inline-flex min-w-0 items-center gap-2', className)} title={title}>
      <ColorDot color={place.color} />
      {/* Where there is little room a long project gives way first, but not all of it. */}
      <span className="flex min-w-0">
        <span
          className="shrink-10000 truncate font-medium"
          style={{ minWidth: `${Math.min(place.project.name.length, 12) * 0.7}ch` }}
        >
          {place.project.name}
        </span>{' '}
        <span className="truncate pl-1 text-muted-foreground">· {place.path.join(PATH_SEPARATOR)}</span>
      </span>
    </span>
  );
}
