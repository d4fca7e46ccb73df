import type { CategoryPlace } from '@/api/catalog';
import { cn } from '@/lib/cn';
import { ColorDot } from '../color-dot';
import { PATH_SEPARATOR } from './options';

/** Project and category of an entry in one line. */
export function CategoryLabel({ place, className }: { place: CategoryPlace; className?: string }) {
  const title = [place.client?.name, place.project.name, ...place.path].filter(Boolean).join(PATH_SEPARATOR);
  return (
    <span className={cn('inline-flex min-w-0 items-center gap-2', className)} title={title}>
      <ColorDot color={place.color} />
      <span className="truncate">
        <span className="font-medium">{place.project.name}</span>
        <span className="text-muted-foreground"> · {place.path.join(PATH_SEPARATOR)}</span>
      </span>
    </span>
  );
}
