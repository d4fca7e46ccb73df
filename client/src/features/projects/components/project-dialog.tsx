import { useRef } from 'react';
import { useCatalog, useCreateClient, useCreateProject } from '@/entities/catalog/catalog';
import { projects, useEdit } from '@/entities/catalog/edits';
import type { Project } from '@/api/types';
import { ColorPicker } from '@/components/color-picker';
import { Field } from '@/components/ui/field';
import { FormDialog } from '@/components/ui/form-dialog';
import { Input, NativeSelect, Textarea } from '@/components/ui/input';
import { Switch } from '@/components/ui/switch';
import { useForm } from '@/hooks/use-form';
import { palette } from '@/lib/colors';

const NEW_CLIENT = 'new';

interface ProjectDialogProps {
  /** Null makes a new one. */
  project: Project | null;
  onClose: () => void;
  onMade?: (project: Project) => void;
}

interface Values {
  name: string;
  description: string;
  color: string;
  /** An id, nothing, or {@link NEW_CLIENT}. */
  clientId: string;
  clientName: string;
  billable: boolean;
}

/** Makes a project or changes one. */
export function ProjectDialog({ project, onClose, onMade }: ProjectDialogProps) {
  const catalog = useCatalog().data;
  const createProject = useCreateProject();
  const createClient = useCreateClient();
  const edit = useEdit(projects);
  const nameInput = useRef<HTMLInputElement>(null);
  const made = useRef<Project | null>(null);
  const count = catalog?.projects.length ?? 0;

  const form = useForm<Values, Project>({
    item: project,
    toValues: (item) => ({
      name: item?.name ?? '',
      description: item?.description ?? '',
      color: item?.color ?? palette[count % palette.length]?.value ?? palette[0].value,
      clientId: item?.clientId ?? '',
      clientName: '',
      billable: item?.billable ?? false,
    }),
    codes: {
      invalid_project_name: 'name',
      invalid_client_name: 'clientName',
      duplicate_client_name: 'clientName',
    },
    send: async ({ values, changed, seen }) => {
      const client = await clientOf(values);
      const all = {
        name: values.name.trim(),
        description: values.description.trim() || null,
        color: values.color,
        clientId: client,
        billable: values.billable,
      };
      if (seen) {
        const changes = Object.fromEntries(Object.entries(all).filter(([name]) => name in changed));
        return edit.mutateAsync({ item: seen, changes });
      }
      made.current = await createProject.mutateAsync(all);
      return made.current;
    },
    onDone: () => {
      onClose();
      if (made.current) onMade?.(made.current);
    },
  });
  const { values, set } = form;

  const clientOf = async ({ clientId, clientName }: Values): Promise<string | null> => {
    if (clientId !== NEW_CLIENT) return clientId || null;
    if (clientName.trim() === '') return null;
    const { id } = await createClient.mutateAsync(clientName.trim());
    // It stays made when the project is refused: the next attempt uses it.
    set({ clientId: id, clientName: '' });
    return id;
  };

  return (
    <FormDialog
      form={form}
      fields={{
        name: { label: 'Name' },
        description: { label: 'Description' },
        color: { label: 'Colour' },
        clientId: { label: 'Client', format: (id) => catalog?.client(id)?.name ?? 'No client' },
        billable: { label: 'Billable', format: (billable) => (billable ? 'Yes' : 'No') },
      }}
      title={project ? 'Edit project' : 'New project'}
      submit={project ? 'Save' : 'Create project'}
      onClose={onClose}
      initialFocus={nameInput}
    >
      <Field label="Name" error={form.fieldError('name')}>
        {(field) => (
          <Input
            {...field}
            ref={nameInput}
            required
            maxLength={255}
            value={values.name}
            onChange={(event) => set({ name: event.currentTarget.value })}
          />
        )}
      </Field>
      <div className="grid gap-1.5">
        <span className="text-sm font-medium">Colour</span>
        <ColorPicker label="Colour" value={values.color} onChange={(color) => color && set({ color })} />
      </div>
      <Field label="Client" error={form.fieldError('clientId')}>
        {(field) => (
          <NativeSelect
            {...field}
            value={values.clientId}
            onChange={(event) => set({ clientId: event.currentTarget.value })}
          >
            <option value="">No client</option>
            {catalog?.clients
              .filter((client) => !client.archived || client.id === project?.clientId)
              .map((client) => (
                <option key={client.id} value={client.id}>
                  {client.name}
                </option>
              ))}
            <option value={NEW_CLIENT}>New client…</option>
          </NativeSelect>
        )}
      </Field>
      {values.clientId === NEW_CLIENT && (
        <Field label="Name of the new client" error={form.fieldError('clientName')}>
          {(field) => (
            <Input
              {...field}
              required
              maxLength={255}
              value={values.clientName}
              onChange={(event) => set({ clientName: event.currentTarget.value })}
            />
          )}
        </Field>
      )}
      <Field label="Description" error={form.fieldError('description')}>
        {(field) => (
          <Textarea
            {...field}
            maxLength={5_000}
            value={values.description}
            onChange={(event) => set({ description: event.currentTarget.value })}
          />
        )}
      </Field>
      <label
        className="flex items-center justify-between gap-4 text-sm font-medium"
        htmlFor="project-billable"
      >
        <span>
          Billable
          <span className="block text-[0.8125rem] font-normal text-muted-foreground">
            New entries in this project are billable by default.
          </span>
        </span>
        <Switch
          id="project-billable"
          checked={values.billable}
          onCheckedChange={(billable) => set({ billable })}
        />
      </label>
    </FormDialog>
  );
}
