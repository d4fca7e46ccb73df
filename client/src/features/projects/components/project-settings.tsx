import { useNavigate } from '@tanstack/react-router';
import { Archive, ArchiveRestore, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { projects, useEdit } from '@/entities/catalog/edits';
import type { Project } from '@/api/types';
import { Button } from '@/components/ui/button';
import { ConflictNotice } from '@/components/ui/conflict-notice';
import { DiscardQuestion, FormError, useKeepUntilSaved } from '@/components/ui/form-dialog';
import { toast } from '@/components/ui/toast';
import { t } from '@/messages/later';
import { ProjectMembers } from './project-members';
import { DeleteProject } from './projects-page';
import { StructureFields } from './structure-fields';
import { BillableField, ClientField, useProjectForm } from './use-project-form';

/** The fields of a project, and what becomes of it when it is over. */
export function ProjectSettings({ project }: { project: Project }) {
  const navigate = useNavigate();
  const edit = useEdit(projects);
  const [deleting, setDeleting] = useState(false);
  const { form, labels } = useProjectForm({ project, onDone: () => toast.success(t.projects.saved) });
  const blocker = useKeepUntilSaved(form);
  const card = 'rounded-xl border bg-surface p-4 shadow-card sm:p-5';
  return (
    <div className="grid max-w-2xl gap-4">
      <form
        className={`grid gap-4 ${card}`}
        onSubmit={(event) => {
          event.preventDefault();
          form.submit();
        }}
      >
        <StructureFields form={form} maxName={255}>
          <ClientField form={form} current={project.clientId} />
        </StructureFields>
        <BillableField form={form} />
        <ConflictNotice form={form} fields={labels} />
        <FormError error={form.formError} />
        <div className="flex justify-end">
          <Button type="submit" variant="primary" disabled={!form.isDirty || form.busy}>
            {t.action.save}
          </Button>
        </div>
      </form>
      <ProjectMembers project={project} />
      <section aria-label={t.projects.archive} className={`flex flex-wrap items-center gap-3 ${card}`}>
        <p className="min-w-60 flex-1 text-[0.8125rem] text-muted-foreground">{t.projects.archiveHint}</p>
        <Button
          onClick={() =>
            edit.mutate(
              { item: project, changes: { archived: !project.archived } },
              { onError: (error) => toast.error(error) },
            )
          }
        >
          {project.archived ? <ArchiveRestore aria-hidden /> : <Archive aria-hidden />}
          {project.archived ? t.projects.restore : t.projects.archive}
        </Button>
        <Button variant="ghost" className="text-danger" onClick={() => setDeleting(true)}>
          <Trash2 aria-hidden /> {t.projects.delete}
        </Button>
      </section>
      {deleting && (
        <DeleteProject
          project={project}
          onClose={() => setDeleting(false)}
          onDeleted={() => void navigate({ to: '/projects' })}
        />
      )}
      <DiscardQuestion
        open={blocker.status === 'blocked'}
        onKeep={() => blocker.reset?.()}
        onDiscard={() => blocker.status === 'blocked' && blocker.proceed()}
      />
    </div>
  );
}
