import { Trash2 } from 'lucide-react';
import { useState } from 'react';
import { Button } from '@/components/ui/button';
import { useTimeZone } from '@/entities/me/me';
import { locale } from '@/lib/time/format';
import { formatDayOf } from '@/lib/time/moment';
import { t } from '@/messages/account';
import { useAdministration, workspacesQuery, type WorkspaceSummary } from '../api/administration';
import { DeleteWorkspaceDialog } from './delete-workspace';
import { SearchedList } from './searched-list';

/** All workspaces of the installation, and the end of one. */
export function AdministrationWorkspaces() {
  return (
    <SearchedList
      id="administration-workspaces"
      words={t.administration.workspaces}
      query={workspacesQuery}
      placeholders={2}
    >
      {(workspace) => <WorkspaceRow key={workspace.id} workspace={workspace} />}
    </SearchedList>
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
            words.since(formatDayOf(createdAt, zone)),
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
