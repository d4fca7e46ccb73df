import { useRef } from 'react';
import type { Project } from '@/api/types';
import { FormDialog } from '@/components/ui/form-dialog';
import { t } from '@/messages/later';
import { StructureFields } from './structure-fields';
import { BillableField, ClientField, useProjectForm } from './use-project-form';

interface ProjectDialogProps {
  /** Null makes a new one. */
  project: Project | null;
  onClose: () => void;
  onMade?: (project: Project) => void;
}

/** Makes a project or changes one. */
export function ProjectDialog({ project, onClose, onMade }: ProjectDialogProps) {
  const nameInput = useRef<HTMLInputElement>(null);
  const { form, labels } = useProjectForm({
    project,
    onDone: (made) => {
      onClose();
      if (made) onMade?.(made);
    },
  });
  return (
    <FormDialog
      form={form}
      fields={labels}
      title={project ? t.projects.edit : t.projects.new}
      submit={project ? t.action.save : t.projects.create}
      onClose={onClose}
      initialFocus={nameInput}
    >
      <StructureFields form={form} nameInput={nameInput} maxName={255}>
        <ClientField form={form} current={project?.clientId ?? null} />
      </StructureFields>
      <BillableField form={form} />
    </FormDialog>
  );
}
