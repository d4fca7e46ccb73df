import {
  Archive,
  ArchiveRestore,
  ArrowDown,
  ArrowUp,
  ChevronRight,
  Ellipsis,
  FolderInput,
  GripVertical,
  Pencil,
  Plus,
  Trash2,
} from 'lucide-react';
import { useRef, type KeyboardEvent } from 'react';
import { useCatalog } from '@/entities/catalog/catalog';
import { categories, useEdit, useMoveCategory } from '@/entities/catalog/edits';
import { UseNote } from '@/entities/catalog/use-note';
import type { Usage } from '@/entities/catalog/usage';
import type { Category, Project } from '@/api/types';
import { ColorDot } from '@/components/color-dot';
import { Button } from '@/components/ui/button';
import { Menu } from '@/components/ui/menu';
import { toast } from '@/components/ui/toast';
import { Kbd, Tooltip } from '@/components/ui/tooltip';
import { useKeptState } from '@/hooks/use-kept';
import { cn } from '@/lib/cn';
import { isMac } from '@/lib/keyboard';
import { fill } from '@/messages/fill';
import { dropPlace, flatten, orderAt, stepFrom, type Place, type Step, type TreeNode } from '../tree';
import { useCollapsed } from '../hooks/use-collapsed';
import { useDragRows } from '../hooks/use-drag-rows';
import { CategoryDialog } from './category-dialog';
import { DeleteCategory } from './delete-category';
import { MoveDialog } from './move-dialog';
import { t } from '@/messages/later';

type Open = { dialog: 'add'; parent: Category } | { dialog: 'edit' | 'move' | 'delete'; category: Category };

interface CategoryTreeProps {
  project: Project;
  tree: readonly TreeNode[];
  usage: Usage | undefined;
  showArchived: boolean;
  /** The user may change categories; others only look at them. */
  manages: boolean;
}

const STEPS: Partial<Record<string, Step>> = {
  ArrowUp: 'up',
  ArrowDown: 'down',
  ArrowRight: 'in',
  ArrowLeft: 'out',
};

/** A project's categories: moved by dragging, by keys or by their menu. */
export function CategoryTree({ project, tree, usage, showArchived, manages }: CategoryTreeProps) {
  const { data: catalog } = useCatalog();
  const move = useMoveCategory();
  const [open, setOpen] = useKeptState<Open | null>('category', null);
  const { collapsed, toggle, setAll } = useCollapsed(project.id);
  const list = useRef<HTMLUListElement>(null);
  const isShown = (node: TreeNode) => showArchived || !node.archived;
  const nodes = flatten(tree, collapsed).filter(isShown);
  const parents = flatten(tree).filter(({ children }) => children.length > 0);
  const close = () => setOpen(null);

  const put = (category: Category, place: Place) => {
    const order = orderAt(tree, category.id, place);
    if (place.parentId !== null && collapsed.has(place.parentId)) toggle(place.parentId);
    move.mutate(
      { category, parentId: place.parentId, order },
      { onError: (error) => toast.error(error, { title: t.categories.notMoved(category.name) }) },
    );
  };
  const drag = useDragRows(list, (id, over, part) => {
    const moved = nodes.find(({ category }) => category.id === id)?.category;
    const target = nodes.find(({ category }) => category.id === over);
    const place = moved && target && dropPlace(tree, moved.id, target, part);
    return moved && place ? () => put(moved, place) : null;
  });

  const focusRow = (from: HTMLElement, step: 1 | -1) => {
    const rows = [...(list.current?.querySelectorAll<HTMLElement>('[data-row]') ?? [])];
    rows[rows.indexOf(from) + step]?.focus();
  };
  const onKeyDown = (event: KeyboardEvent<HTMLElement>, node: TreeNode) => {
    const { key, currentTarget, target, altKey, ctrlKey, metaKey } = event;
    if (target !== currentTarget || ctrlKey || metaKey) return;
    const { category } = node;
    const step = STEPS[key];
    if (altKey) {
      if (!manages) return;
      const place = step && stepFrom(tree, category, step);
      if (!step) return;
      if (place) put(category, place);
    } else if (key === 'ArrowUp' || key === 'ArrowDown') focusRow(currentTarget, key === 'ArrowUp' ? -1 : 1);
    else if (key === 'ArrowRight' || key === 'ArrowLeft') {
      if (node.children.length > 0 && collapsed.has(category.id) === (key === 'ArrowRight'))
        toggle(category.id);
    } else if (!manages) return;
    else if (key === 'Enter') setOpen({ dialog: 'edit', category });
    else if (key === 'Delete') setOpen({ dialog: 'delete', category });
    else return;
    event.preventDefault();
  };

  return (
    <>
      <ul
        ref={list}
        aria-label={t.categories.title}
        className="divide-y divide-border/60 overflow-hidden rounded-xl border bg-surface shadow-card"
      >
        {nodes.map((node) => (
          <CategoryRow
            key={node.category.id}
            node={node}
            color={catalog?.place(node.category.id)?.color ?? project.color}
            usage={usage}
            steps={(step) => stepFrom(tree, node.category, step)}
            isCollapsed={collapsed.has(node.category.id)}
            onToggle={() => toggle(node.category.id)}
            onKeyDown={(event) => onKeyDown(event, node)}
            onOpen={setOpen}
            onPut={(place) => put(node.category, place)}
            drag={drag}
            manages={manages}
          />
        ))}
      </ul>
      <div className="mt-2 flex flex-wrap items-center justify-between gap-x-4 gap-y-1 text-[0.8125rem] text-muted-foreground">
        <p className="max-sm:hidden">
          {manages &&
            fill(t.categories.keysHint, {
              keys: (
                <span className="inline-flex gap-0.5">
                  <Kbd>{isMac ? '⌥' : t.keys.alt}</Kbd> <Kbd>↑</Kbd> <Kbd>↓</Kbd> <Kbd>→</Kbd> <Kbd>←</Kbd>
                </span>
              ),
            })}
        </p>
        {parents.length > 0 && (
          <Button
            variant="ghost"
            size="sm"
            onClick={() => setAll(collapsed.size > 0 ? [] : parents.map(({ category }) => category.id))}
          >
            {collapsed.size > 0 ? t.categories.expandAll : t.categories.collapseAll}
          </Button>
        )}
      </div>
      {open?.dialog === 'add' && (
        <CategoryDialog project={project} category={null} parent={open.parent} onClose={close} />
      )}
      {open?.dialog === 'edit' && (
        <CategoryDialog project={project} category={open.category} parent={null} onClose={close} />
      )}
      {open?.dialog === 'move' && (
        <MoveDialog project={project} category={open.category} tree={tree} onClose={close} />
      )}
      {open?.dialog === 'delete' && (
        <DeleteCategory
          category={open.category}
          below={flatten(tree).find(({ category }) => category.id === open.category.id)?.children ?? []}
          onClose={close}
        />
      )}
    </>
  );
}

interface CategoryRowProps {
  node: TreeNode;
  /** Its own, or that of what is above it. */
  color: string;
  usage: Usage | undefined;
  steps: (step: Step) => Place | null;
  isCollapsed: boolean;
  onToggle: () => void;
  onKeyDown: (event: KeyboardEvent<HTMLElement>) => void;
  onOpen: (open: Open) => void;
  onPut: (place: Place) => void;
  drag: ReturnType<typeof useDragRows>;
  manages: boolean;
}

function CategoryRow({
  node,
  color,
  usage,
  steps,
  isCollapsed,
  onToggle,
  onKeyDown,
  onOpen,
  onPut,
  drag,
  manages,
}: CategoryRowProps) {
  const edit = useEdit(categories);
  const { category, depth, children } = node;
  const target = drag.over?.id === category.id ? drag.over.part : null;
  const [up, down] = [steps('up'), steps('down')];
  return (
    // One stop, whose keys move it; its buttons follow.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <li
      data-row={category.id}
      aria-label={category.name}
      // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
      tabIndex={0}
      onKeyDown={onKeyDown}
      style={{ '--depth': depth } as React.CSSProperties}
      className={cn(
        // However deep it lies, there is room for its name.
        'group/row relative flex items-center gap-1.5 py-1 pr-2 pl-[min(calc(0.25rem+var(--depth)*0.875rem),40%)] outline-offset-[-2px] sm:pl-[min(calc(0.5rem+var(--depth)*1.375rem),50%)]',
        target === 'inside' ? 'bg-accent' : 'hover:bg-muted/40',
        target === 'before' && 'shadow-[inset_0_2px_0_var(--primary)]',
        target === 'after' && 'shadow-[inset_0_-2px_0_var(--primary)]',
        drag.dragged === category.id && 'opacity-50',
      )}
    >
      {/* What it does, the keys of the row and its menu do as well. */}
      {manages && (
        <span
          aria-hidden
          title={t.categories.drag(category.name)}
          {...drag.handle(category.id)}
          className="flex h-8 w-5 shrink-0 cursor-grab touch-none items-center justify-center text-muted-foreground/50 group-hover/row:text-muted-foreground active:cursor-grabbing"
        >
          <GripVertical className="size-4" />
        </span>
      )}
      {children.length > 0 ? (
        <button
          type="button"
          aria-expanded={!isCollapsed}
          aria-label={isCollapsed ? t.categories.expand(category.name) : t.categories.collapse(category.name)}
          onClick={onToggle}
          className="flex size-6 shrink-0 items-center justify-center rounded-md text-muted-foreground hover:bg-muted"
        >
          <ChevronRight
            aria-hidden
            className={cn('size-4 transition-transform', !isCollapsed && 'rotate-90')}
          />
        </button>
      ) : (
        <span className="w-6 shrink-0" />
      )}
      <ColorDot color={color} />
      <span
        className={cn('ml-1 min-w-0 flex-1 truncate text-sm', node.archived && 'text-muted-foreground')}
        title={category.description}
      >
        <span className="sr-only">{t.categories.level(depth + 1, category.name)}</span>
        <bdi aria-hidden>{category.name}</bdi>
        {category.archived && (
          <span className="ml-2 rounded bg-muted px-1.5 py-0.5 text-xs">{t.form.archived}</span>
        )}
      </span>
      <UseNote
        name={category.name}
        use={usage?.category(category.id)}
        search={{ category: category.id }}
        brief
        className="ml-2"
      />
      {manages && (
        <>
          <Tooltip content={t.categories.addInside}>
            <Button
              variant="ghost"
              size="icon-sm"
              className="text-muted-foreground"
              aria-label={t.categories.addInsideLong(category.name)}
              onClick={() => onOpen({ dialog: 'add', parent: category })}
            >
              <Plus aria-hidden />
            </Button>
          </Tooltip>
          <Menu
            trigger={
              <Button
                variant="ghost"
                size="icon-sm"
                className="text-muted-foreground"
                aria-label={t.entry.more(category.name)}
              >
                <Ellipsis aria-hidden />
              </Button>
            }
            items={[
              {
                label: t.action.editMore,
                icon: <Pencil aria-hidden />,
                onClick: () => onOpen({ dialog: 'edit', category }),
              },
              {
                label: t.categories.moveUp,
                icon: <ArrowUp aria-hidden />,
                disabled: up === null,
                onClick: () => up && onPut(up),
              },
              {
                label: t.categories.moveDown,
                icon: <ArrowDown aria-hidden />,
                disabled: down === null,
                onClick: () => down && onPut(down),
              },
              {
                label: t.categories.moveMore,
                icon: <FolderInput aria-hidden />,
                onClick: () => onOpen({ dialog: 'move', category }),
              },
              {
                label: category.archived ? t.form.restore : t.form.archive,
                icon: category.archived ? <ArchiveRestore aria-hidden /> : <Archive aria-hidden />,
                onClick: () =>
                  edit.mutate(
                    { item: category, changes: { archived: !category.archived } },
                    { onError: (error) => toast.error(error) },
                  ),
              },
              null,
              {
                label: t.form.deleteMore,
                icon: <Trash2 aria-hidden />,
                danger: true,
                onClick: () => onOpen({ dialog: 'delete', category }),
              },
            ]}
          />
        </>
      )}
    </li>
  );
}
