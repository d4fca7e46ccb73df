import { useInfiniteQuery } from '@tanstack/react-query';
import { Trash2 } from 'lucide-react';
import { useDeferredValue, useState } from 'react';
import { Section } from '@/components/section';
import { Button } from '@/components/ui/button';
import { Input } from '@/components/ui/input';
import { useTimeZone } from '@/entities/me/me';
import { locale } from '@/lib/time/format';
import { formatDay } from '@/lib/time/moment';
import { t } from '@/messages/account';
import { useAdministration, workspacesQuery, type WorkspaceSummary } from '../api/administration';
import { DeleteWorkspaceDialog } from './delete-workspace';
import { PagedList } from './paged-list';

/** All workspaces of the installation, and the end of one. */
export function AdministrationWorkspaces() {
  const [text, setText] = useState('');
  const list = useInfiniteQuery(workspacesQuery(useDeferredValue(text.trim())));
  const words = t.administration.workspaces;
  return (
    <Section id="administration-workspaces" title={words.title} hint={words.hint}>
      <div role="search" className="mt-3">
        <Input
          type="search"
          aria-label={words.search}
          placeholder={words.search}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
        />
      </div>
      <PagedList
        list={list}
        label={words.title}
        loading={words.loading}
        placeholders={2}
        empty={words.none}
        more={words.more}
      >
        {(workspace) => <WorkspaceRow key={workspace.id} workspace={workspace} />}
      </PagedList>
    </Section>
  );
}

function WorkspaceRow({ workspace }: { workspace: WorkspaceSummary }) {
  const zone = useTimeZone();
  const { removeWorkspace } = useAdministration();
  const [deleting, setDeleting] = useState(false);
  const words = t.administration.workspaces;
  const { id, name, members, owners, createdAt } = workspace;
  const owned = new Intl.ListFormat(locale(), { type: 'conjunction' }).format(owners);
  return (
    <li className="flex items-start gap-3 py-2.5">
      <div className="min-w-0 flex-1">
        <p className="truncate text-sm font-medium">
          <bdi>{name}</bdi>
        </p>
        <p className="text-[0.8125rem] break-words text-muted-foreground">
          {[
            words.since(formatDay(createdAt, zone)),
            words.members(members),
            owners.length > 0 && words.owners(owned),
          ]
            .filter(Boolean)
            .join(' · ')}
        </p>
      </div>
      <Button
        variant="ghost"
        size="icon-sm"
        aria-label={words.deleteLong(name)}
        title={words.delete}
        onClick={() => setDeleting(true)}
      >
        <Trash2 aria-hidden />
      </Button>
      {deleting && (
        <DeleteWorkspaceDialog
          name={name}
          remove={(typed) => removeWorkspace.mutateAsync({ id, name: typed })}
          onClose={() => setDeleting(false)}
        />
      )}
    </li>
  );
}
