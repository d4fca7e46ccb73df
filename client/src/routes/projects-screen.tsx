import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { ProjectPage } from '@/features/projects/components/project-page';
import { ProjectsPage } from '@/features/projects/components/projects-page';
import { deferred, useDeferred } from '@/lib/deferred';

const moneyPart = deferred(() => import('@/features/rates/components/project-money'));

/** All projects. */
export function ProjectsScreen() {
  const { archived = false } = useSearch({ from: '/projects' });
  const navigate = useNavigate({ from: '/projects' });
  return (
    <ProjectsPage
      archived={archived}
      onArchived={(next) => void navigate({ search: { archived: next || undefined } })}
    />
  );
}

/** One project. */
export function ProjectScreen() {
  const { projectId } = useParams({ from: '/projects/$projectId' });
  const { archived = false, tab } = useSearch({ from: '/projects/$projectId' });
  const navigate = useNavigate({ from: '/projects/$projectId' });
  const money = useDeferred(moneyPart, tab === 'money');
  return (
    <ProjectPage
      key={projectId}
      projectId={projectId}
      {...(tab ? { tab } : {})}
      showArchived={archived}
      money={money && <money.ProjectMoney projectId={projectId} />}
      onShowArchived={(next) =>
        void navigate({ search: (before) => ({ ...before, archived: next || undefined }) })
      }
    />
  );
}
