import { queryOptions, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { X } from 'lucide-react';
import { useState } from 'react';
import { body, http } from '@/api/http';
import { keys } from '@/api/keys';
import { untold } from '@/api/query-client';
import type { Project, Schemas } from '@/api/types';
import { ErrorState } from '@/components/states';
import { Button } from '@/components/ui/button';
import { NativeSelect } from '@/components/ui/input';
import { SkeletonRows } from '@/components/ui/skeleton';
import { Switch } from '@/components/ui/switch';
import { SwitchField } from '@/components/ui/switch-field';
import { toast } from '@/components/ui/toast';
import { projects, useEdit } from '@/entities/catalog/edits';
import { meQuery } from '@/entities/me/me';
import { useMembers } from '@/entities/me/members';
import { mayRole } from '@/entities/me/roles';
import { t } from '@/messages/later';

const projectMembersQuery = (projectId: string) =>
  queryOptions({
    queryKey: keys.projectMembers(projectId),
    queryFn: ({ signal }) =>
      body(http.GET('/api/projects/{projectId}/members', { params: { path: { projectId } }, signal })),
    ...untold,
  });

/** Who sees a private project, and who leads it. Shown to those who manage projects, where there are accounts. */
export function ProjectMembers({ project }: { project: Project }) {
  const me = useQuery(meQuery).data;
  if (!me || me.authMode === 'none' || !mayRole(me.role, 'manage_projects')) return null;
  return <Managed project={project} />;
}

function Managed({ project }: { project: Project }) {
  const client = useQueryClient();
  const edit = useEdit(projects);
  const list = useQuery(projectMembersQuery(project.id));
  const members = useMembers();
  const failed = [list, members].find(({ data, error }) => !data && error);
  const inside = list.data;
  const everyone = members.data?.filter(({ leftAt }) => leftAt === null) ?? [];
  const [chosen, setChosen] = useState('');
  const fail = (reason: unknown) => toast.error(reason);
  const settled = () => client.invalidateQueries({ queryKey: keys.projectMembers(project.id) });
  const params = (memberId: string) => ({ params: { path: { projectId: project.id, memberId } } });
  const put = useMutation({
    mutationFn: ({ id, lead }: { id: string; lead: boolean }) =>
      body(http.PUT('/api/projects/{projectId}/members/{memberId}', { ...params(id), body: { lead } })),
    onError: fail,
    onSettled: settled,
  });
  const remove = useMutation({
    mutationFn: (id: string) => body(http.DELETE('/api/projects/{projectId}/members/{memberId}', params(id))),
    onError: fail,
    onSettled: settled,
  });
  const outside = everyone.filter(({ id }) => !inside?.some((one) => one.id === id));
  // Somebody else may have added the one who is chosen.
  const picked = outside.some(({ id }) => id === chosen) ? chosen : '';
  return (
    <section
      aria-labelledby="project-members"
      className="grid gap-4 rounded-xl border bg-surface p-4 shadow-card sm:p-5"
    >
      <h2 id="project-members" className="font-semibold">
        {t.projectMembers.title}
      </h2>
      <SwitchField
        id="project-private"
        label={t.projectMembers.private}
        hint={t.projectMembers.privateHint}
        checked={edit.isPending ? Boolean(edit.variables.changes.private) : project.private}
        onCheckedChange={(next) =>
          edit.mutate({ item: project, changes: { private: next } }, { onError: fail })
        }
      />
      {inside ? (
        <ul className="divide-y rounded-lg border empty:hidden">
          {inside.map((member) => (
            <MemberRow
              key={member.id}
              member={member}
              onLead={(lead) => put.mutate({ id: member.id, lead })}
              onRemove={() => remove.mutate(member.id)}
            />
          ))}
        </ul>
      ) : (
        !failed && <SkeletonRows rows={1} label={t.form.loading} />
      )}
      {failed && <ErrorState error={failed.error} onRetry={() => void failed.refetch()} />}
      {inside && outside.length > 0 && (
        // An arrow key changes a closed select: adding waits for the button.
        <form
          className="flex flex-wrap gap-2"
          onSubmit={(event) => {
            event.preventDefault();
            put.mutate({ id: picked, lead: false }, { onSuccess: () => setChosen('') });
          }}
        >
          <NativeSelect
            aria-label={t.projectMembers.add}
            value={picked}
            onChange={(event) => setChosen(event.currentTarget.value)}
          >
            <option value="">{t.projectMembers.add}</option>
            {outside.map(({ id, name }) => (
              <option key={id} value={id}>
                {name}
              </option>
            ))}
          </NativeSelect>
          <Button type="submit" disabled={put.isPending || picked === ''}>
            {t.names.add}
          </Button>
        </form>
      )}
      <p className="text-[0.8125rem] text-muted-foreground">{t.projectMembers.leadHint}</p>
    </section>
  );
}

interface MemberRowProps {
  member: Schemas['ProjectMember'];
  onLead: (lead: boolean) => void;
  onRemove: () => void;
}

function MemberRow({ member: { id, name, lead }, onLead, onRemove }: MemberRowProps) {
  return (
    <li className="flex items-center gap-3 px-3 py-2 text-sm">
      <bdi className="min-w-0 flex-1 truncate">{name}</bdi>
      <label htmlFor={`lead-${id}`} className="flex items-center gap-2 text-muted-foreground">
        {t.projectMembers.lead}
        <Switch
          id={`lead-${id}`}
          aria-label={t.projectMembers.leadOf(name)}
          checked={lead}
          onCheckedChange={onLead}
        />
      </label>
      <Button variant="ghost" size="icon-sm" aria-label={t.projectMembers.remove(name)} onClick={onRemove}>
        <X aria-hidden />
      </Button>
    </li>
  );
}
