import { DeleteWorkspace } from '@/features/account/components/delete-workspace';
import { MembersPage } from '@/features/members/components/members-page';
import { useMay } from '@/entities/me/use-may';
import { useSession } from '@/hooks/use-session';

/** The members of the workspace and, for its owners, its end. */
export function MembersScreen() {
  const may = useMay();
  // Without accounts there is one workspace, which stays.
  const hasAccount = useSession().session.owner !== null;
  return <MembersPage workspace={hasAccount && may('delete_workspace') && <DeleteWorkspace />} />;
}
