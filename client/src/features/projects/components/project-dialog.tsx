import { useRef, useState } from 'react';
import { useCatalog, useCreateClient, useCreateProject } from '@/api/catalog';
import { errorMessage, isApiError } from '@/api/errors';
import type { Project } from '@/api/types';
import { ColorPicker } from '@/components/color-picker';
import { Button } from '@/components/ui/button';
import { Dialog, DialogActions } from '@/components/ui/dialog';
import { Field } from '@/components/ui/field';
import { Input, NativeSelect, Textarea } from '@/components/ui/input';
import { Switch } from '@/components/ui/switch';
import { palette } from '@/lib/colors';
import { useEditProject } from '../api/mutations';

const NEW_CLIENT = 'new';

interface ProjectDialogProps {
  /** Null makes a new one. */
  project: Project | null;
  onClose: () => void;
  onMade?: (project: Project) => void;
}

export function ProjectDialog({ project, onClose, onMade }: ProjectDialogProps) {
  const catalog = useCatalog().data;
  const createProject = useCreateProject();
  const createClient = useCreateClient();
  const editProject = useEditProject();
  const nameInput = useRef<HTMLInputElement>(null);
  const [name, setName] = useState(project?.name ?? '');
  const [description, setDescription] = useState(project?.description ?? '');
  const [color, setColor] = useState(
    project?.color ?? palette[(catalog?.projects.length ?? 0) % palette.length]?.value ?? palette[0].value,
  );
  const [clientId, setClientId] = useState(project?.clientId ?? '');
  const [clientName, setClientName] = useState('');
  const [billable, setBillable] = useState(project?.billable ?? false);
  const [error, setError] = useState<unknown>(null);
  const failure = isApiError(error) ? error : null;
  const clientFailed = failure?.code.includes('client') ?? false;
  const busy = createProject.isPending || editProject.isPending || createClient.isPending;

  const save = async () => {
    setError(null);
    try {
      const client =
        clientId === NEW_CLIENT && clientName.trim() !== ''
          ? (await createClient.mutateAsync(clientName.trim())).id
          : clientId === '' || clientId === NEW_CLIENT
            ? null
            : clientId;
      // A client that was made stays made when the project is refused: the next attempt uses it.
      if (client) setClientId(client);
      const values = {
        name: name.trim(),
        description: description.trim() || null,
        color,
        clientId: client,
        billable,
      };
      if (project) {
        await editProject.mutateAsync({ project, changes: values });
      } else {
        const made = await createProject.mutateAsync(values);
        onMade?.(made);
      }
      onClose();
    } catch (reason) {
      setError(reason);
    }
  };

  return (
    <Dialog
      open
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
      title={project ? 'Edit project' : 'New project'}
      initialFocus={nameInput}
    >
      <form
        className="grid gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
      >
        <Field
          label="Name"
          error={
            failure?.field('name') ?? (failure?.code === 'invalid_project_name' ? failure.message : null)
          }
        >
          {(field) => (
            <Input
              {...field}
              ref={nameInput}
              required
              maxLength={255}
              value={name}
              onChange={(event) => setName(event.currentTarget.value)}
            />
          )}
        </Field>
        <div className="grid gap-1.5">
          <span className="text-sm font-medium">Colour</span>
          <ColorPicker label="Colour" value={color} onChange={(next) => next && setColor(next)} />
        </div>
        <Field label="Client" error={clientFailed ? failure?.message : null}>
          {(field) => (
            <NativeSelect
              {...field}
              value={clientId}
              onChange={(event) => setClientId(event.currentTarget.value)}
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
        {clientId === NEW_CLIENT && (
          <Field label="Name of the new client">
            {(field) => (
              <Input
                {...field}
                required
                maxLength={255}
                value={clientName}
                onChange={(event) => setClientName(event.currentTarget.value)}
              />
            )}
          </Field>
        )}
        <Field label="Description" error={failure?.field('description')}>
          {(field) => (
            <Textarea
              {...field}
              maxLength={5_000}
              value={description}
              onChange={(event) => setDescription(event.currentTarget.value)}
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
              New entries of this project are billable unless you say otherwise.
            </span>
          </span>
          <Switch id="project-billable" checked={billable} onCheckedChange={setBillable} />
        </label>
        {error !== null &&
          !clientFailed &&
          !failure?.field('name') &&
          failure?.code !== 'invalid_project_name' && (
            <p role="alert" className="rounded-lg bg-danger-soft px-3 py-2 text-sm text-danger">
              {errorMessage(error)}
            </p>
          )}
        <DialogActions className="mt-1">
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" disabled={busy}>
            {project ? 'Save' : 'Create project'}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
