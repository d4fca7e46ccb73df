import {
  Archive,
  ArchiveRestore,
  CornerDownRight,
  Ellipsis,
  FolderInput,
  Pencil,
  Plus,
  Trash2,
} from 'lucide-react';
import { useState, type DragEvent } from 'react';
import { categories, useDelete, useEdit } from '@/entities/catalog/edits';
import type { Category, Project } from '@/api/types';
import { ColorDot } from '@/components/color-dot';
import { DeleteDialog } from '@/components/delete-dialog';
import { Button } from '@/components/ui/button';
import { Menu } from '@/components/ui/menu';
import { toast } from '@/components/ui/toast';
import { Tooltip } from '@/components/ui/tooltip';
import { cn } from '@/lib/cn';
import { flatten, possibleParents, type TreeNode } from '../tree';
import { CategoryDialog } from './category-dialog';
import { MoveDialog } from './move-dialog';
import { t } from '@/messages/later';

type Open = { dialog: 'add'; parent: Category } | { dialog: 'edit' | 'move' | 'delete'; category: Category };

interface CategoryTreeProps {
  project: Project;
  tree: readonly TreeNode[];
  showArchived: boolean;
}

/** A project's categories. They are moved by their menu or by dragging. */
export function CategoryTree({ project, tree, showArchived }: CategoryTreeProps) {
  const edit = useEdit(categories);
  const [open, setOpen] = useState<Open | null>(null);
  const [dragged, setDragged] = useState<string | null>(null);
  const [over, setOver] = useState<string | null>(null);
  const nodes = flatten(tree).filter((node) => showArchived || !node.archived);
  const targets = new Set(dragged ? possibleParents(tree, dragged).map((node) => node.category.id) : []);
  const close = () => setOpen(null);

  const drop = (target: string) => {
    const moved = nodes.find((node) => node.category.id === dragged)?.category;
    setDragged(null);
    setOver(null);
    if (!moved || !targets.has(target) || moved.parentCategoryId === target) return;
    edit.mutate(
      { item: moved, changes: { parentCategoryId: target } },
      {
        onSuccess: () => toast.success(t.categories.moved(moved.name)),
        onError: (error) => toast.error(error, { title: t.categories.notMoved(moved.name) }),
      },
    );
  };

  return (
    <>
      <ul
        aria-label={t.categories.title}
        className="divide-y divide-border/60 overflow-hidden rounded-xl border bg-surface shadow-card"
      >
        {nodes.map((node) => (
          <CategoryRow
            key={node.category.id}
            node={node}
            project={project}
            onOpen={setOpen}
            dropTarget={over === node.category.id && targets.has(node.category.id)}
            dragProps={{
              draggable: true,
              onDragStart: (event) => {
                event.dataTransfer.effectAllowed = 'move';
                setDragged(node.category.id);
              },
              onDragEnd: () => {
                setDragged(null);
                setOver(null);
              },
              onDragOver: (event) => {
                if (!targets.has(node.category.id)) return;
                event.preventDefault();
                setOver(node.category.id);
              },
              onDrop: (event) => {
                event.preventDefault();
                drop(node.category.id);
              },
            }}
          />
        ))}
      </ul>
      {open?.dialog === 'add' && (
        <CategoryDialog project={project} category={null} parent={open.parent} onClose={close} />
      )}
      {open?.dialog === 'edit' && (
        <CategoryDialog project={project} category={open.category} parent={null} onClose={close} />
      )}
      {open?.dialog === 'move' && (
        <MoveDialog project={project} category={open.category} tree={tree} onClose={close} />
      )}
      {open?.dialog === 'delete' && <DeleteCategory category={open.category} onClose={close} />}
    </>
  );
}

interface DragProps {
  draggable: boolean;
  onDragStart: (event: DragEvent) => void;
  onDragEnd: () => void;
  onDragOver: (event: DragEvent) => void;
  onDrop: (event: DragEvent) => void;
}

interface CategoryRowProps {
  node: TreeNode;
  project: Project;
  onOpen: (open: Open) => void;
  dropTarget: boolean;
  dragProps: DragProps;
}

/** Deeper levels are not indented further: a phone has room for so many. */
const indents = ['pl-4', 'pl-10', 'pl-16', 'pl-22', 'pl-28'];

function CategoryRow({ node, project, onOpen, dropTarget, dragProps }: CategoryRowProps) {
  const edit = useEdit(categories);
  const { category, depth } = node;
  return (
    <li
      {...dragProps}
      aria-label={category.name}
      className={cn(
        'flex items-center gap-2.5 py-1 pr-2',
        indents[Math.min(depth, indents.length - 1)],
        dropTarget ? 'bg-accent' : 'hover:bg-muted/40',
      )}
    >
      {depth > 0 && (
        <CornerDownRight aria-hidden className="-ml-6 size-4 shrink-0 text-muted-foreground/60" />
      )}
      <ColorDot color={category.color ?? project.color} />
      <span
        className={cn('min-w-0 flex-1 truncate text-sm', node.archived && 'text-muted-foreground')}
        title={category.description}
      >
        <span className="sr-only">{t.categories.level(depth + 1, category.name)}</span>
        <bdi aria-hidden>{category.name}</bdi>
        {category.archived && (
          <span className="ml-2 rounded bg-muted px-1.5 py-0.5 text-xs">{t.form.archived}</span>
        )}
      </span>
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
    </li>
  );
}

function DeleteCategory({ category, onClose }: { category: Category; onClose: () => void }) {
  const remove = useDelete(categories);
  return (
    <DeleteDialog
      name={category.name}
      confirm={t.categories.delete}
      onDelete={() => remove.mutateAsync(category)}
      onDeleted={() => toast.success(t.categories.deleted(category.name))}
      onClose={onClose}
    >
      {t.categories.deleteHint}
    </DeleteDialog>
  );
}
